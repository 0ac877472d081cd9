package dev.threadmill.ingest.chatwoot;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A contact as a conversation or a message shows it.
 *
 * @param data the payload without what changes by itself, such as whether the contact is online
 */
public record ContactPayload(
    long id,
    @Nullable String name,
    @Nullable String email,
    @Nullable String phoneNumber,
    @Nullable String identifier,
    boolean blocked,
    @Nullable Instant createdAt,
    @Nullable Instant lastActivityAt,
    JsonNode data) {

  static Optional<ContactPayload> of(JsonNode node) {
    if (!(node instanceof ObjectNode object) || object.path("id").asLong(0) <= 0) {
      return Optional.empty();
    }
    ObjectNode data = object.deepCopy();
    data.remove("availability_status");
    data.remove("type");
    return Optional.of(
        new ContactPayload(
            object.path("id").asLong(0),
            CleanText.textOf(object.path("name")),
            CleanText.textOf(object.path("email")),
            CleanText.textOf(object.path("phone_number")),
            CleanText.textOf(object.path("identifier")),
            object.path("blocked").asBoolean(false),
            Times.of(object.path("created_at")),
            Times.of(object.path("last_activity_at")),
            data));
  }
}
