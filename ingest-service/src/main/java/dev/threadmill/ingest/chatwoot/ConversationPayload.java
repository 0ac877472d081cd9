package dev.threadmill.ingest.chatwoot;

import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A conversation as the list shows it.
 *
 * @param id the display id, unique within the account
 * @param updatedAt moves with each change that a sync must see; servers that do not show it give
 *     {@code lastActivityAt} instead
 * @param ordered false where {@code updatedAt} is not the server's, and may go back
 * @param data the payload without messages and people, which have tables of their own
 */
public record ConversationPayload(
    long id,
    @Nullable String uuid,
    @Nullable Long inboxId,
    @Nullable String channel,
    String status,
    @Nullable String priority,
    List<String> labels,
    @Nullable Long assigneeId,
    @Nullable String assigneeName,
    @Nullable Long teamId,
    Optional<ContactPayload> contact,
    Instant createdAt,
    Instant updatedAt,
    boolean ordered,
    Instant lastActivityAt,
    @Nullable Instant firstReplyCreatedAt,
    @Nullable Instant waitingSince,
    @Nullable Instant snoozedUntil,
    JsonNode data) {
  private static final Set<String> STATUSES = Set.of("open", "resolved", "pending", "snoozed");
  private static final Set<String> PRIORITIES = Set.of("low", "medium", "high", "urgent");

  static ConversationPayload of(JsonNode raw) throws ChatwootException {
    JsonNode node = CleanText.clean(raw);
    long id = node.path("id").asLong(0);
    Instant createdAt = Times.of(node.path("created_at"));
    String status = node.path("status").asString("");
    if (id <= 0 || createdAt == null || !STATUSES.contains(status)) {
      throw new ChatwootException(
          Kind.MALFORMED,
          "a conversation (display id " + id + ") lacks a usable id, created_at or status");
    }
    Instant lastActivity = orElse(Times.of(node.path("last_activity_at")), createdAt);
    Instant updated = Times.of(node.path("updated_at"));
    JsonNode meta = node.path("meta");
    String priority = node.path("priority").asString("");
    return new ConversationPayload(
        id,
        CleanText.textOf(node.path("uuid")),
        number(node.path("inbox_id")),
        CleanText.textOf(meta.path("channel")),
        status,
        PRIORITIES.contains(priority) ? priority : null,
        labels(node.path("labels")),
        number(meta.path("assignee").path("id")),
        CleanText.textOf(meta.path("assignee").path("name")),
        number(meta.path("team").path("id")),
        ContactPayload.of(meta.path("sender")),
        createdAt,
        orElse(updated, lastActivity),
        updated != null,
        lastActivity,
        Times.of(node.path("first_reply_created_at")),
        Times.of(node.path("waiting_since")),
        Times.of(node.path("snoozed_until")),
        stored(node));
  }

  /**
   * Texts of messages stay out, so that a deleted or private one leaves nothing behind here; so
   * does what moves without a change of the conversation.
   */
  private static JsonNode stored(JsonNode node) {
    ObjectNode data = ((ObjectNode) node).deepCopy();
    data.remove(List.of("messages", "last_non_activity_message", "unread_count"));
    data.remove(
        List.of(
            "agent_last_seen_at", "assignee_last_seen_at", "contact_last_seen_at", "can_reply"));
    if (data.path("meta") instanceof ObjectNode meta) {
      meta.remove("sender");
      if (meta.path("assignee") instanceof ObjectNode assignee) {
        assignee.remove(List.of("availability_status", "thumbnail", "avatar_url"));
      }
    }
    return data;
  }

  private static List<String> labels(JsonNode node) {
    List<String> labels = new ArrayList<>();
    node.forEach(label -> labels.add(label.asString("")));
    return labels;
  }

  private static @Nullable Long number(JsonNode node) {
    return node.canConvertToLong() && node.isIntegralNumber() ? node.longValue() : null;
  }

  private static Instant orElse(@Nullable Instant time, Instant otherwise) {
    return time == null ? otherwise : time;
  }
}
