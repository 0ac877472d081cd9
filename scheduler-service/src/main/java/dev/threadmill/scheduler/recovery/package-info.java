/** Runs that no event announced, and runs whose worker is gone. */
@NullMarked
package dev.threadmill.scheduler.recovery;

import org.jspecify.annotations.NullMarked;
