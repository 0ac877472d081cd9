/** Ticks over many schedules, and due work claimed per second. */
@NullMarked
package dev.threadmill.bench.scheduling;

import org.jspecify.annotations.NullMarked;
