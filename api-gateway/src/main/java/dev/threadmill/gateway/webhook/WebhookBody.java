package dev.threadmill.gateway.webhook;

import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a webhook says: no more is taken from it than which conversation to look at. */
final class WebhookBody {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> OF_MESSAGES = Set.of("message_created", "message_updated");
  private static final Set<String> OF_CONVERSATIONS =
      Set.of("conversation_created", "conversation_updated", "conversation_status_changed");

  private final JsonNode root;

  private WebhookBody(JsonNode root) {
    this.root = root;
  }

  /**
   * @throws JacksonException when it is no JSON
   */
  static WebhookBody of(byte[] body) {
    return new WebhookBody(JSON.readTree(body));
  }

  /** The display id of the conversation that changed; empty when the event is of something else. */
  OptionalLong conversation(long accountId) {
    if (root.path("account").path("id").asLong(accountId) != accountId) {
      return OptionalLong.empty();
    }
    String event = root.path("event").asString("");
    // Never the message's id, which was wrong for deletions in some versions.
    JsonNode id =
        OF_MESSAGES.contains(event)
            ? root.path("conversation").path("id")
            : OF_CONVERSATIONS.contains(event) ? root.path("id") : root.path("no conversation");
    long number = id.asLong(0);
    return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
  }
}
