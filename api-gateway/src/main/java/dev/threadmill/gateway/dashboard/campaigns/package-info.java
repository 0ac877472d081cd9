/** Pages of campaigns, their messages, and who gets none. */
@NullMarked
package dev.threadmill.gateway.dashboard.campaigns;

import org.jspecify.annotations.NullMarked;
