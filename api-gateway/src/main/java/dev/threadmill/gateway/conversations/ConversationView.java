package dev.threadmill.gateway.conversations;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A conversation as it is stored.
 *
 * @param conversationId Chatwoot's number of it, unique within its account
 * @param subject of a mail
 * @param customAttributes as Chatwoot has them
 * @param updatedAt its latest change that Chatwoot told of
 * @param messagesComplete whether all its messages are stored as they were at {@code updatedAt}
 * @param link to it in Chatwoot
 */
public record ConversationView(
    String globalId,
    long conversationId,
    UUID sourceId,
    @Nullable String uuid,
    String status,
    @Nullable String priority,
    List<String> labels,
    @Nullable Inbox inbox,
    @Nullable String channel,
    @Nullable Person assignee,
    @Nullable Long teamId,
    @Nullable Contact contact,
    @Nullable String subject,
    JsonNode customAttributes,
    Instant createdAt,
    @Nullable Instant updatedAt,
    Instant lastActivityAt,
    @Nullable Instant waitingSince,
    @Nullable Instant snoozedUntil,
    Times times,
    boolean messagesComplete,
    String link) {
  /**
   * @param name null while the inbox itself is not stored
   */
  public record Inbox(long id, @Nullable String name) {}

  public record Person(long id, @Nullable String name) {}

  /**
   * @param name null where Chatwoot has none, and for a contact that is gone
   */
  public record Contact(String globalId, long contactId, @Nullable String name) {}

  /**
   * How quickly the team was.
   *
   * @param firstReplyAt Chatwoot's {@code first_reply_created_at}: the first public message that a
   *     person of the team wrote; messages of bots do not count. Null while there is none
   * @param firstResponseSeconds from the conversation's beginning to {@code firstReplyAt}, in whole
   *     seconds by the calendar, not by business hours; zero where an import put the reply before
   *     the beginning
   * @param resolvedAt null unless the conversation is resolved now. Chatwoot tells no such time of
   *     a conversation, but notes each change of the status as an activity message: so this is the
   *     time of the latest activity message, or of the last activity where none is stored. A label
   *     or an assignee that changes later moves it to that time
   * @param resolutionSeconds from the conversation's beginning to {@code resolvedAt}; of one that
   *     was opened again it includes the time it was resolved in between
   */
  public record Times(
      @Nullable Instant firstReplyAt,
      @Nullable Long firstResponseSeconds,
      @Nullable Instant resolvedAt,
      @Nullable Long resolutionSeconds) {
    static Times of(Instant begun, @Nullable Instant firstReply, @Nullable Instant resolved) {
      return new Times(firstReply, seconds(begun, firstReply), resolved, seconds(begun, resolved));
    }

    private static @Nullable Long seconds(Instant from, @Nullable Instant to) {
      return to == null ? null : Math.max(0, Duration.between(from, to).toSeconds());
    }
  }
}
