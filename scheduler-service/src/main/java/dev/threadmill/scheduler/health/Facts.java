package dev.threadmill.scheduler.health;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a conversation says about its contact, as {@code health_conversations} keeps it. Times are
 * seconds since 1970, messages are Chatwoot's numbers, each list has its latest entries and is in
 * order of time.
 *
 * @param waits the message that nobody has answered yet; null: none
 */
record Facts(
    List<Reply> replies,
    @Nullable Wait waits,
    List<End> ends,
    List<Rating> ratings,
    List<Visit> visits) {
  /** Customers come and go for years; what they did last tells how they are. */
  static final int MOST_REPLIES = 20;

  static final int MOST_ENDS = 20;
  static final int MOST_RATINGS = 10;
  static final int MOST_VISITS = 30;

  /** Messages closer together than this are one visit. */
  static final long VISIT_SECONDS = 12 * 3600;

  /** Who writes again after so long has given up on the answer to what was asked before. */
  static final long PATIENCE_SECONDS = 14 * 86_400;

  Facts {
    replies = List.copyOf(replies);
    ends = List.copyOf(ends);
    ratings = List.copyOf(ratings);
    visits = List.copyOf(visits);
  }

  /**
   * An answer of the team.
   *
   * @param at when it was given
   * @param seconds since the first message that it answers
   */
  record Reply(long at, long seconds, long question, long answer) {}

  /** A message that waits for an answer. */
  record Wait(long since, long message) {}

  /**
   * The conversation was resolved.
   *
   * @param backAt when the customer wrote again; null: not so far
   * @param back the message; null: none so far
   */
  record End(long at, @Nullable Long backAt, @Nullable Long back) {}

  /**
   * An answer to a survey.
   *
   * @param rating 1 to 5
   */
  record Rating(long at, int rating, long message) {}

  /** The customer wrote after a while, or for the first time. */
  record Visit(long at, long message) {}
}
