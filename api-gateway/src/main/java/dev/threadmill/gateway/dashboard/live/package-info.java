/** What tells an open page that something has changed. */
@NullMarked
package dev.threadmill.gateway.dashboard.live;

import org.jspecify.annotations.NullMarked;
