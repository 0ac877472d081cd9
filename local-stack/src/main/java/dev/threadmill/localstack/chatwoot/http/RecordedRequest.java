package dev.threadmill.localstack.chatwoot.http;

import java.time.Instant;

/**
 * One request as the log keeps it.
 *
 * @param route method and path with ids replaced, such as {@code GET /conversations/:id/messages}
 * @param target path and query as sent
 * @param status of the answer; 0 when the connection was cut instead
 */
public record RecordedRequest(String method, String route, String target, int status, Instant at) {}
