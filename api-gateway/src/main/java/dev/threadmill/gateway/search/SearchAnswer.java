package dev.threadmill.gateway.search;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found, the best first, one hit per message.
 *
 * @param asOf the database's time of the answer
 * @param pending chunks that wait for their vectors, so that only their words can be found; 10,001
 *     stands for more than 10,000
 * @param degraded why the meaning of the query did not count; null when it did
 */
record SearchAnswer(List<Hit> hits, Instant asOf, long pending, @Nullable Degraded degraded) {
  record Degraded(String code, String reason) {}

  /**
   * @param score by which hits are ordered; comparable within one answer only
   * @param text the chunk that fits best
   * @param link to the message in Chatwoot
   */
  record Hit(
      double score,
      ScoreParts scoreParts,
      String text,
      String messageGlobalId,
      long messageId,
      String conversationGlobalId,
      long conversationId,
      Instant createdAt,
      String sender,
      String conversationStatus,
      List<String> labels,
      @Nullable Long inboxId,
      @Nullable String channel,
      String link) {}

  /**
   * @param similarity cosine of query and text, -1 to 1; null when only words matched
   * @param vectorRank place in the search by meaning, from 1
   * @param textRank place in the search by words, from 1
   */
  record ScoreParts(
      @Nullable Double similarity, @Nullable Integer vectorRank, @Nullable Integer textRank) {}
}
