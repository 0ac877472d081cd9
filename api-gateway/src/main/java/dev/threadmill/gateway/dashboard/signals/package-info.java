/** Pages of what customers' messages point at. */
@NullMarked
package dev.threadmill.gateway.dashboard.signals;

import org.jspecify.annotations.NullMarked;
