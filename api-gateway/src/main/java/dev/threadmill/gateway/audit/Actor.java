package dev.threadmill.gateway.audit;

import dev.threadmill.gateway.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Who asks for a change, and from where.
 *
 * @param address of the connection; what a proxy claims of others is not believed, unless {@code
 *     SERVER_FORWARD_HEADERS_STRATEGY} says so
 * @param requestId the id under which the gateway's log has the request
 */
public record Actor(Caller caller, String address, @Nullable String requestId) {
  public static Actor of(Caller caller, HttpServletRequest request) {
    return new Actor(caller, request.getRemoteAddr(), MDC.get("request_id"));
  }
}
