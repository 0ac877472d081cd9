/** Ticks: the row that asks the scheduler to claim what is due, and what became of it. */
@NullMarked
package dev.threadmill.core.tick;

import org.jspecify.annotations.NullMarked;
