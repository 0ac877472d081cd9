/** Ticks: the timer, and claiming what is due. */
@NullMarked
package dev.threadmill.scheduler.tick;

import org.jspecify.annotations.NullMarked;
