package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.time.Duration;
import java.util.List;

/**
 * Prolongs what one batch holds, its rows and its texts, as often as its requests one after the
 * other need it. Used by one thread, once.
 */
final class Leases {
  /** When a request starts, at least three quarters of either lease are left. */
  private static final int PARTS = 4;

  private final RowOutcomes rows;
  private final List<ClaimedChunk> claimed;
  private final EmbeddingModel model;
  private final Duration every;
  private long renewedAt = System.nanoTime();

  Leases(
      RowOutcomes rows, List<ClaimedChunk> claimed, EmbeddingModel model, ClaimSettings settings) {
    this.rows = rows;
    this.claimed = claimed;
    this.model = model;
    Duration shorter =
        settings.flight().compareTo(settings.lease()) < 0 ? settings.flight() : settings.lease();
    this.every = shorter.dividedBy(PARTS);
  }

  /** To be called before each request. */
  void renewWhenOld() {
    long now = System.nanoTime();
    if (now - renewedAt >= every.toNanos()) {
      rows.renew(claimed, model);
      renewedAt = now;
    }
  }
}
