/** Signed webhooks, sent once and forgotten, as Chatwoot does. */
@NullMarked
package dev.threadmill.localstack.chatwoot.webhook;

import org.jspecify.annotations.NullMarked;
