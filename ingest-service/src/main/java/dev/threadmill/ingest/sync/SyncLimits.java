package dev.threadmill.ingest.sync;

import dev.threadmill.core.settings.Settings;
import java.time.Duration;

/**
 * What one run does at the most. The rest is remembered and done by the next run.
 *
 * @param conversations whose messages are read
 * @param perPage conversations stored in one transaction
 * @param pages of the conversation list that are walked
 * @param messages of one conversation that are stored
 * @param lookback how far the first sync goes back; zero: to the beginning
 * @param reconcileWithin in this time everything stored is compared once; zero: by each run
 * @param reconcileAtOnce conversations that one run compares, and contacts; zero: none at all
 */
public record SyncLimits(
    int conversations,
    int perPage,
    int pages,
    int messages,
    Duration lookback,
    Duration reconcileWithin,
    int reconcileAtOnce) {
  private static final int MANY = 1_000_000_000;

  /** As many rows as the pages of one run may show. */
  int rows() {
    return (int) Math.min(Integer.MAX_VALUE, (long) pages * perPage);
  }

  /** Reads {@code CHATWOOT_CONVERSATIONS_LIMIT} and its kin. */
  public static SyncLimits of(Settings settings) {
    return new SyncLimits(
        settings.integer("CHATWOOT_CONVERSATIONS_LIMIT", 60, 1, MANY),
        settings.integer("CHATWOOT_CONVERSATIONS_PER_PAGE", 25, 1, 1000),
        settings.integer("CHATWOOT_PAGES_LIMIT", 20, 1, MANY),
        settings.integer("CHATWOOT_MESSAGES_LIMIT", 300, 1, MANY),
        Duration.ofDays(settings.integer("CHATWOOT_LOOKBACK_DAYS", 7, 0, 36_500)),
        Duration.ofHours(settings.integer("CHATWOOT_RECONCILE_HOURS", 168, 0, 100_000)),
        settings.integer("CHATWOOT_RECONCILE_LIMIT", 500, 0, MANY));
  }
}
