/** Pages of the run log. */
@NullMarked
package dev.threadmill.gateway.dashboard.runs;

import org.jspecify.annotations.NullMarked;
