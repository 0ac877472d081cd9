package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One message. A new value replaces the old one on every change. */
public record Message(
    long id,
    long conversationId,
    @Nullable String content,
    MessageType type,
    String contentType,
    Map<String, Object> contentAttributes,
    String status,
    boolean isPrivate,
    Instant createdAt,
    Instant updatedAt,
    @Nullable String sourceId,
    @Nullable Sender sender,
    List<Map<String, Object>> attachments) {

  /** Chatwoot's sentence in the place of a deleted text; clients must go by the flag instead. */
  public static final String DELETED_TEXT = "This message was deleted";

  public boolean deleted() {
    return Boolean.TRUE.equals(contentAttributes.get("deleted"));
  }

  boolean internal() {
    return isPrivate || type == MessageType.ACTIVITY;
  }

  Message edited(@Nullable String text, Instant time) {
    return new Message(
        id,
        conversationId,
        text,
        type,
        contentType,
        contentAttributes,
        status,
        isPrivate,
        createdAt,
        time,
        sourceId,
        sender,
        attachments);
  }

  Message attributes(Map<String, Object> attributes, Instant time) {
    return new Message(
        id,
        conversationId,
        content,
        type,
        contentType,
        attributes,
        status,
        isPrivate,
        createdAt,
        time,
        sourceId,
        sender,
        attachments);
  }

  Message tombstone(Instant time) {
    return new Message(
        id,
        conversationId,
        DELETED_TEXT,
        type,
        "text",
        Map.of("deleted", true),
        status,
        isPrivate,
        createdAt,
        time,
        sourceId,
        sender,
        List.of());
  }

  Message status(String value, Instant time) {
    return new Message(
        id,
        conversationId,
        content,
        type,
        contentType,
        contentAttributes,
        value,
        isPrivate,
        createdAt,
        time,
        sourceId,
        sender,
        attachments);
  }

  Message isPrivate(boolean value, Instant time) {
    return new Message(
        id,
        conversationId,
        content,
        type,
        contentType,
        contentAttributes,
        status,
        value,
        createdAt,
        time,
        sourceId,
        sender,
        attachments);
  }

  Message sentBy(Sender value, Instant time) {
    return new Message(
        id,
        conversationId,
        content,
        type,
        contentType,
        contentAttributes,
        status,
        isPrivate,
        createdAt,
        time,
        sourceId,
        value,
        attachments);
  }
}
