package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message to be added. Without a {@link #createdAt} it is created now; without a sender it comes
 * from the conversation's contact or its assignee, as its type says.
 */
public record NewMessage(
    long conversationId,
    MessageType type,
    @Nullable String content,
    boolean isPrivate,
    String contentType,
    Map<String, Object> contentAttributes,
    @Nullable Instant createdAt,
    @Nullable String sourceId,
    @Nullable Sender sender,
    boolean anonymous,
    List<Map<String, Object>> attachments) {

  public static NewMessage of(long conversationId, MessageType type, @Nullable String content) {
    return new NewMessage(
        conversationId,
        type,
        content,
        false,
        "text",
        Map.of(),
        null,
        null,
        null,
        type == MessageType.ACTIVITY || type == MessageType.TEMPLATE,
        List.of());
  }

  public static NewMessage incoming(long conversationId, @Nullable String content) {
    return of(conversationId, MessageType.INCOMING, content);
  }

  public static NewMessage outgoing(long conversationId, @Nullable String content) {
    return of(conversationId, MessageType.OUTGOING, content);
  }

  /** A private note between agents. */
  public static NewMessage note(long conversationId, String content) {
    NewMessage message = outgoing(conversationId, content);
    return new NewMessage(
        conversationId,
        message.type,
        content,
        true,
        "text",
        Map.of(),
        null,
        null,
        null,
        false,
        List.of());
  }

  public NewMessage createdAt(Instant time) {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        contentType,
        contentAttributes,
        time,
        sourceId,
        sender,
        anonymous,
        attachments);
  }

  public NewMessage content(String newContentType, Map<String, Object> attributes) {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        newContentType,
        attributes,
        createdAt,
        sourceId,
        sender,
        anonymous,
        attachments);
  }

  public NewMessage sourceId(@Nullable String id) {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        contentType,
        contentAttributes,
        createdAt,
        id,
        sender,
        anonymous,
        attachments);
  }

  public NewMessage sender(Sender who) {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        contentType,
        contentAttributes,
        createdAt,
        sourceId,
        who,
        false,
        attachments);
  }

  /** As when the sender was removed since: the JSON then has no key for it. */
  public NewMessage withoutSender() {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        contentType,
        contentAttributes,
        createdAt,
        sourceId,
        null,
        true,
        attachments);
  }

  public NewMessage attachments(List<Map<String, Object>> files) {
    return new NewMessage(
        conversationId,
        type,
        content,
        isPrivate,
        contentType,
        contentAttributes,
        createdAt,
        sourceId,
        sender,
        anonymous,
        files);
  }
}
