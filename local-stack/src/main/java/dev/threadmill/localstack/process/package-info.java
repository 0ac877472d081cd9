/** Child processes that never outlive their parent, and where the checkout keeps its things. */
@NullMarked
package dev.threadmill.localstack.process;

import org.jspecify.annotations.NullMarked;
