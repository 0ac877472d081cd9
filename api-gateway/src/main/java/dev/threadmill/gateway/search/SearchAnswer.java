package dev.threadmill.gateway.search;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found, the best first, one hit per message.
 *
 * @param asOf the database's time when the search began
 * @param syncedAsOf all that Chatwoot showed until then can be found; null while a source is not
 *     complete
 * @param pending chunks that wait for their vectors, so that only their words can be found
 * @param degraded what did not count, the meaning of the query, its words, or a part of either, and
 *     why; null when all of it did
 */
public record SearchAnswer(
    List<Hit> hits,
    Instant asOf,
    @Nullable Instant syncedAsOf,
    long pending,
    @Nullable Degraded degraded) {
  /**
   * @param code a stable word for the first thing that did not count
   * @param reason sentences that say all that did not count
   */
  public record Degraded(String code, String reason) {
    static @Nullable Degraded both(@Nullable Degraded first, @Nullable Degraded second) {
      if (first == null || second == null) {
        return first == null ? second : first;
      }
      return new Degraded(first.code(), first.reason() + " " + second.reason());
    }
  }

  /**
   * @param score by which hits are ordered; comparable within one answer only
   * @param text the chunk that fits best
   * @param highlights where words of the query stand in the text
   * @param link to the message in Chatwoot
   * @param neighbours null unless they were asked for
   */
  public record Hit(
      double score,
      ScoreParts scoreParts,
      String text,
      List<Highlight> highlights,
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
      String link,
      @Nullable Neighbours neighbours) {}

  /**
   * A piece of a text, in UTF-16 code units, as Java and JavaScript count.
   *
   * @param start inclusive, from 0
   * @param end exclusive
   */
  public record Highlight(int start, int end) {}

  /** What was said around a hit in its conversation, oldest first. */
  public record Neighbours(List<Neighbour> before, List<Neighbour> after) {
    static final Neighbours NONE = new Neighbours(List.of(), List.of());
  }

  /**
   * @param sender {@code contact} or {@code agent}
   * @param text the beginning of it
   */
  public record Neighbour(long messageId, String sender, String text, Instant createdAt) {}

  /**
   * @param similarity cosine of query and text, -1 to 1; null when only words matched
   * @param vectorRank place in the search by meaning, from 1
   * @param textRank place in the search by words, from 1
   */
  public record ScoreParts(
      @Nullable Double similarity, @Nullable Integer vectorRank, @Nullable Integer textRank) {}
}
