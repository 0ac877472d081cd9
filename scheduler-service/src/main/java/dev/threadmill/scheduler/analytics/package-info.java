/** The job {@code analytics_aggregates}: facts per conversation and day, and sums of days. */
@NullMarked
package dev.threadmill.scheduler.analytics;

import org.jspecify.annotations.NullMarked;
