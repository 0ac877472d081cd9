package dev.threadmill.ingest.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A conversation whose messages must be read.
 *
 * @param id the display id
 * @param updatedAt the conversation's {@code updated_at}, seen before its messages are read
 * @param cursor where a read that a limit cut short goes on; null for a new one
 * @param failures how often reading it failed in a row
 */
public record UnreadConversation(
    String globalId, long id, Instant updatedAt, @Nullable Cursor cursor, int failures) {
  /**
   * @param from the first message id that is not stored yet
   * @param seen what {@code updated_at} was when that read began
   */
  public record Cursor(long from, Instant seen) {}
}
