/** Schedules and ticks over HTTP. */
@NullMarked
package dev.threadmill.gateway.scheduler;

import org.jspecify.annotations.NullMarked;
