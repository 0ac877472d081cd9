/** Real servers for integration tests. */
@NullMarked
package dev.threadmill.localstack.testing;

import org.jspecify.annotations.NullMarked;
