/** The way back to Chatwoot. */
@NullMarked
package dev.threadmill.gateway.chatwoot;

import org.jspecify.annotations.NullMarked;
