/** Schedules: their grid, their first rows, and what a finished run does to them. */
@NullMarked
package dev.threadmill.scheduler.schedule;

import org.jspecify.annotations.NullMarked;
