/** Gauges with labels. */
@NullMarked
package dev.threadmill.core.metrics;

import org.jspecify.annotations.NullMarked;
