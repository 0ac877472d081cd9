/** The first sync of an account, and one that finds nothing new. */
@NullMarked
package dev.threadmill.bench.sync;

import org.jspecify.annotations.NullMarked;
