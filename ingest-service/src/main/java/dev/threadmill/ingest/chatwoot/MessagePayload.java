package dev.threadmill.ingest.chatwoot;

import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message as the list of a conversation's messages shows it.
 *
 * @param id unique over the whole installation
 * @param content null for a deleted message, whatever the server still says in its place
 * @param contact the sender, when that is a contact
 * @param email {@code content_attributes.email}; a missing node for what is no mail
 * @param data the payload without its content, and of the sender only who it is
 */
public record MessagePayload(
    long id,
    MessageType type,
    String contentType,
    @Nullable String content,
    boolean isPrivate,
    boolean deleted,
    @Nullable String status,
    @Nullable String senderType,
    @Nullable Long senderId,
    Optional<ContactPayload> contact,
    Instant createdAt,
    JsonNode email,
    JsonNode data) {

  static MessagePayload of(JsonNode raw) throws ChatwootException {
    JsonNode node = CleanText.clean(raw);
    long id = node.path("id").asLong(0);
    Instant createdAt = Times.of(node.path("created_at"));
    if (id <= 0 || createdAt == null) {
      throw new ChatwootException(
          Kind.MALFORMED, "a message (id " + id + ") lacks a usable id or created_at");
    }
    JsonNode attributes = node.path("content_attributes");
    boolean deleted = attributes.path("deleted").asBoolean(false);
    // What only the team may read is not kept, nor what was said before it turned private.
    boolean silent = deleted || node.path("private").asBoolean(false);
    JsonNode sender = node.path("sender");
    long senderId = sender.path("id").asLong(0);
    String senderType = CleanText.textOf(sender.path("type"));
    return new MessagePayload(
        id,
        MessageType.of(node.path("message_type")),
        orText(CleanText.textOf(node.path("content_type"))),
        silent ? null : CleanText.textOf(node.path("content")),
        // Without the flag nobody knows, so it is kept from the search.
        node.path("private").asBoolean(true),
        deleted,
        CleanText.textOf(node.path("status")),
        senderType,
        senderId > 0 ? senderId : null,
        "contact".equals(senderType) ? ContactPayload.of(sender) : Optional.empty(),
        createdAt,
        attributes.path("email"),
        stored((ObjectNode) node, silent, deleted));
  }

  private static String orText(@Nullable String contentType) {
    return contentType == null ? "text" : contentType;
  }

  private static JsonNode stored(ObjectNode node, boolean silent, boolean deleted) {
    ObjectNode data = node.deepCopy();
    // The processed content is the content once more.
    data.remove(List.of("content", "processed_message_content", "conversation_id"));
    if (data.path("sender") instanceof ObjectNode sender) {
      ObjectNode who = JsonNodeFactory.instance.objectNode();
      for (String name : new String[] {"id", "type", "name"}) {
        who.set(name, sender.path(name).isMissingNode() ? null : sender.path(name));
      }
      data.set("sender", who);
    }
    if (silent) {
      data.remove(List.of("content_attributes", "attachments"));
    }
    if (deleted) {
      data.putObject("content_attributes").put("deleted", true);
    }
    return data;
  }
}
