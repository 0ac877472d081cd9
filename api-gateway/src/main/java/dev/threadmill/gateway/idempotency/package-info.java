/** Requests that may be sent twice and are done once: the header {@code Idempotency-Key}. */
@NullMarked
package dev.threadmill.gateway.idempotency;

import org.jspecify.annotations.NullMarked;
