/** Pages of the schedules. */
@NullMarked
package dev.threadmill.gateway.dashboard.scheduler;

import org.jspecify.annotations.NullMarked;
