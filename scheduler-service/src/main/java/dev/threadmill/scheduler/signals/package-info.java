/** The job {@code signals_extraction}: what customers' messages, and their silence, point at. */
@NullMarked
package dev.threadmill.scheduler.signals;

import org.jspecify.annotations.NullMarked;
