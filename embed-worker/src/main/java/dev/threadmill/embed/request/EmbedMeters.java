package dev.threadmill.embed.request;

import io.micrometer.core.instrument.Gauge;
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
    rows("shared", tally.shared());
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

  void paid(Bill bill) {
    registry.counter("threadmill.embed.tokens").increment(bill.tokens());
    registry.counter("threadmill.embed.cost.usd").increment(bill.costUsd().doubleValue());
  }

  void flight(FlightLimit flight) {
    Gauge.builder("threadmill.embed.concurrency", flight, FlightLimit::now)
        .description("how many batches may be under way at present")
        .register(registry);
  }

  private void rows(String outcome, int rows) {
    registry.counter("threadmill.embed.rows", "outcome", outcome).increment(rows);
  }
}
