/** What Chatwoot calls when something changed: checked, filed as a hint, answered at once. */
@NullMarked
package dev.threadmill.gateway.webhook;

import org.jspecify.annotations.NullMarked;
