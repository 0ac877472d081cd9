package dev.threadmill.bench;

import java.util.Locale;

/**
 * What was set out to be reached. "As many", "no slower" and the like allow for the spread of a
 * shared machine, as said at each.
 */
public enum Goal {
  FIRST_SYNC_0("sync", "first sync at 0 ms: the sequential client's rate, times", 10, true),
  FIRST_SYNC_20("sync", "first sync at 20 ms: the sequential client's rate, times", 10, true),
  FIRST_SYNC_100("sync", "first sync at 100 ms: the sequential client's rate, times", 10, true),
  UNCHANGED_REQUESTS(
      "sync", "nothing new: requests with 100,000 messages, of those with 1,000", 1, false),
  /** A quarter for the spread. */
  UNCHANGED_TIME(
      "sync", "nothing new: time with 100,000 messages, of that with 1,000", 1.25, false),

  CEILING("embedding", "one worker at 0 ms: share of the ceiling", 0.75, true),
  WHILE_INDEXING(
      "embedding", "one worker that builds indexes: share of one that does not", 0.5, true),
  PEERS("embedding", "one worker at 200 ms: the quickest peer's rate, times", 1.4, true),
  /** A twentieth for the spread; with both cores busy there is nothing left that could be added. */
  SECOND_WORKER("embedding", "two workers at 200 ms: one worker's rate, times", 0.95, true),
  FLAT_MEMORY(
      "embedding", "peak memory after 80,000 chunks, of that after the first 20,000", 1.1, false),

  FRESHNESS("freshness", "the slowest 99th percentile, until found, in s", 300, false),

  TICK("scheduling", "tick with 1,000 due among 60,000 schedules, in ms", 100, false),
  /** A quarter for the spread. */
  FLAT_TICK(
      "scheduling", "tick among 60,000 and 600,000 schedules, of that among 3,000", 1.25, false),
  DUE_RUNS("scheduling", "due no-ops: db-scheduler's rate, times", 3, true),

  STATUS("status", "status of 1,000,000 chunks: 95th percentile in ms", 30, false),
  /** Two in a hundred for the way of the last answers. */
  STATUS_PACE("status", "status: answers/s at 500 requests/s for a minute, none failed", 490, true),
  STATUS_10M("status10m", "status of 10,000,000 chunks: 95th percentile in ms", 30, false),
  STATUS_PACE_10M(
      "status10m", "status: answers/s at 500 requests/s for a minute, none failed", 490, true),

  RECALL("search", "the lowest recall@10 against exact search", 0.95, true),
  SEARCH_TIME("search", "the slowest 95th percentile of a search, in ms", 100, false),
  INDEXED_RECALL("indexed-search", "the lowest recall@10 with indexes", 0.95, true),
  INDEXED_SEARCH_TIME("indexed-search", "the 95th percentile with indexes, in ms", 100, false),

  ANALYTICS(
      "insight-analytics",
      "analytics: 1,000 new messages, share of the first 1,000,000",
      0.01,
      false),
  SIGNALS(
      "insight-signals", "signals: 1,000 new messages, share of the first 1,000,000", 0.01, false),
  HEALTH("insight-health", "health: 1,000 new messages, share of the first 1,000,000", 0.01, false),
  CAMPAIGN(
      "insight-campaign",
      "campaign: 1,000 new messages, share of the first 1,000,000",
      0.01,
      false),

  PRECISION("signals", "rules on labelled sentences: lowest precision of a type", 0.95, true),
  SIGNAL_RECALL("signals", "rules on labelled sentences: lowest recall of a type", 0.9, true);

  private final String group;
  private final String what;
  private final double bound;
  private final boolean atLeast;

  Goal(String group, String what, double bound, boolean atLeast) {
    this.group = group;
    this.what = what;
    this.bound = bound;
    this.atLeast = atLeast;
  }

  public String group() {
    return group;
  }

  public String what() {
    return what;
  }

  public String wanted() {
    return (atLeast ? "at least " : "at most ") + number(bound);
  }

  public boolean met(double value) {
    return atLeast ? value >= bound : value <= bound;
  }

  /** Of two values of one run the one that counts. */
  double worse(double one, double other) {
    return atLeast ? Math.min(one, other) : Math.max(one, other);
  }

  /** As few digits as say it. */
  static String number(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.3g", value);
  }
}
