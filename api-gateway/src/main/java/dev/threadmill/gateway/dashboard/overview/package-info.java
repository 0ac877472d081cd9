/** Whether all is well with a project, at a glance. */
@NullMarked
package dev.threadmill.gateway.dashboard.overview;

import org.jspecify.annotations.NullMarked;
