/** Errors as problem documents (RFC 9457) with a stable code and the request's id. */
@NullMarked
package dev.threadmill.gateway.problem;

import org.jspecify.annotations.NullMarked;
