package dev.threadmill.gateway.conversations;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is stored.
 *
 * @param messageType {@code incoming}, {@code outgoing}, {@code activity} or {@code template}
 * @param content null where there is none, and always of a private message (ADR 15)
 * @param contentType Chatwoot's word for the kind of content; mails may be HTML
 * @param status of the delivery
 * @param link to it in Chatwoot
 */
public record MessageView(
    String globalId,
    long messageId,
    String conversationGlobalId,
    long conversationId,
    String messageType,
    @Nullable Sender sender,
    @Nullable String content,
    String contentType,
    @JsonProperty("private") boolean isPrivate,
    @Nullable String status,
    List<Attachment> attachments,
    Instant createdAt,
    String link) {
  /**
   * @param type {@code contact}, {@code user}, {@code agent_bot} or another of Chatwoot's words;
   *     the numbers of each type are its own
   */
  public record Sender(String type, long id, @Nullable String name) {}

  /**
   * @param fileType such as {@code image} or {@code file}
   * @param dataUrl where Chatwoot has it
   */
  public record Attachment(
      @Nullable String fileType, @Nullable String dataUrl, @Nullable Long fileSize) {}
}
