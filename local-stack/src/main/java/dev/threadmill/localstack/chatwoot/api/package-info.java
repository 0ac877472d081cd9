/** Chatwoot's routes and JSON over the account. */
@NullMarked
package dev.threadmill.localstack.chatwoot.api;

import org.jspecify.annotations.NullMarked;
