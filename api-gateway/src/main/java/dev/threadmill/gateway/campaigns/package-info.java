/** Campaigns: making and approving them, their members and messages, and who does not want any. */
@NullMarked
package dev.threadmill.gateway.campaigns;

import org.jspecify.annotations.NullMarked;
