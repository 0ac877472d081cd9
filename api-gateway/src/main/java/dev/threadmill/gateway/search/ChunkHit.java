package dev.threadmill.gateway.search;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that one of the two searches found, with what is told of its message.
 *
 * @param language whose stems its text has in the search; null: none
 * @param similarity cosine, -1 to 1; null when it was found by words
 */
record ChunkHit(
    long chunkId,
    int chunkIndex,
    String text,
    @Nullable String language,
    String messageGlobalId,
    long messageId,
    String messageType,
    Instant createdAt,
    String conversationGlobalId,
    long conversationId,
    String conversationStatus,
    List<String> labels,
    @Nullable Long inboxId,
    @Nullable String channel,
    UUID sourceId,
    @Nullable Double similarity) {
  /** Who wrote a message of this type: {@code contact} or {@code agent}. */
  static String side(String messageType) {
    return messageType.equals("incoming") ? "contact" : "agent";
  }
}
