package dev.threadmill.embed.request;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The numbers of embedding for Prometheus. */
final class EmbedMeters {
  private final MeterRegistry registry;

  EmbedMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void rows(Tally tally) {
    rows("claimed", tally.claimed());
    rows("ready", tally.ready());
    rows("reused", tally.reused());
    rows("failed", tally.failed());
    rows("held_back", tally.heldBack());
    rows("superseded", tally.superseded());
  }

  /**
   * @param outcome {@code ok} or the kind of failure
   */
  void request(String outcome, Duration took) {
    Timer.builder("threadmill.embed.requests")
        .tag("outcome", outcome)
        .register(registry)
        .record(took);
  }

  void tokens(long estimate) {
    registry.counter("threadmill.embed.tokens").increment(estimate);
  }

  private void rows(String outcome, int rows) {
    registry.counter("threadmill.embed.rows", "outcome", outcome).increment(rows);
  }
}
