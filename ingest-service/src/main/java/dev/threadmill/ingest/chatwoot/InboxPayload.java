package dev.threadmill.ingest.chatwoot;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An inbox as the list of inboxes shows it.
 *
 * @param data the payload without what may be a secret of its channel
 */
public record InboxPayload(
    long id, @Nullable String name, @Nullable String channel, JsonNode data) {
  static Optional<InboxPayload> of(JsonNode raw) {
    JsonNode node = CleanText.clean(raw);
    long id = node.path("id").asLong(0);
    if (id <= 0) {
      return Optional.empty();
    }
    // Administrators are shown passwords and tokens of channels: only what is known to be none
    // stays.
    ObjectNode data = PayloadReader.JSON.createObjectNode();
    for (String field :
        new String[] {"id", "name", "channel_type", "phone_number", "email", "website_url"}) {
      if (node.has(field)) {
        data.set(field, node.path(field));
      }
    }
    return Optional.of(
        new InboxPayload(
            id,
            CleanText.textOf(node.path("name")),
            CleanText.textOf(node.path("channel_type")),
            data));
  }
}
