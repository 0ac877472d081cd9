/** The page of the daily numbers. */
@NullMarked
package dev.threadmill.gateway.dashboard.analytics;

import org.jspecify.annotations.NullMarked;
