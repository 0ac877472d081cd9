/** What {@code analytics_aggregates} computed, and the hours that it counts. */
@NullMarked
package dev.threadmill.gateway.analytics;

import org.jspecify.annotations.NullMarked;
