package dev.threadmill.gateway.signals;

import dev.threadmill.core.signal.SignalType;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What messages of a customer point at.
 *
 * @param status {@code proposed}, {@code accepted}, {@code dismissed} or {@code done}
 * @param severity 1 to 5
 * @param confidence 0 to 1
 * @param basis how the confidence came about
 * @param contact null: not known
 * @param firstSeenAt when the first of the messages was written
 * @param occurrences messages that say so
 * @param decidedBy who gave it its status; null: its confidence did
 * @param link to the conversation in Chatwoot
 */
public record SignalView(
    UUID id,
    SignalType type,
    String status,
    int severity,
    double confidence,
    JsonNode basis,
    String conversationGlobalId,
    long conversationId,
    @Nullable Contact contact,
    Instant firstSeenAt,
    Instant lastSeenAt,
    int occurrences,
    @Nullable String decidedBy,
    @Nullable Instant decidedAt,
    Instant createdAt,
    Instant updatedAt,
    String link) {
  public record Contact(String globalId, long id, @Nullable String name) {}
}
