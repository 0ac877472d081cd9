package dev.threadmill.embed.request;

import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.ClaimedChunk.Arrival;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.stream.Stream;

/** The numbers of embedding for Prometheus. */
final class EmbedMeters {
  private static final Duration[] ANSWER_TIMES =
      Stream.of(25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  /** Five minutes is what is promised. */
  private static final Duration[] UNTIL_SEARCHABLE =
      Stream.of(1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600)
          .map(Duration::ofSeconds)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Tags provider;
  private final Tags model;

  /**
   * @param provider {@code openai} or {@code local}
   */
  EmbedMeters(MeterRegistry registry, String provider, String model) {
    this.registry = registry;
    this.provider = Tags.of("provider", provider);
    this.model = this.provider.and("model", model);
    // What did not happen yet is 0, so that its first time is seen as a rise.
    rows(Tally.NOTHING);
    paid(0, 0);
    retried(0);
    requests("ok");
    limiterWait();
    searchable("ready");
    searchable("failed");
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
    requests(outcome).record(took);
  }

  void paid(Bill bill) {
    paid(bill.tokens(), bill.costUsd().doubleValue());
  }

  /** Attempts that failed, were charged to rows, and are made again. */
  void retried(int rows) {
    registry.counter("threadmill.embed.retries", provider).increment(rows);
  }

  /** How long a request was kept back for the account's limits, if at all. */
  void limiterWait(Duration waited) {
    limiterWait().record(waited);
  }

  /** Rows got their vector; counts those of new messages that never had one. */
  void ready(Collection<ClaimedChunk> chunks) {
    arrivals(chunks).forEach(arrival -> searchable("ready").record(arrival.ageNow()));
  }

  /** So many of the rows ended without a vector; counts those of new messages. */
  void failed(Collection<ClaimedChunk> chunks, int failed) {
    arrivals(chunks)
        .limit(failed)
        .forEach(arrival -> searchable("failed").record(arrival.ageNow()));
  }

  void flight(FlightLimit flight) {
    Gauge.builder("threadmill.embed.concurrency", flight, FlightLimit::now)
        .description("how many batches may be under way at present")
        .tags(provider)
        .register(registry);
  }

  private static Stream<Arrival> arrivals(Collection<ClaimedChunk> chunks) {
    return chunks.stream().map(ClaimedChunk::arrival).filter(Objects::nonNull);
  }

  private void rows(String outcome, int rows) {
    registry.counter("threadmill.embed.rows", provider.and("outcome", outcome)).increment(rows);
  }

  private void paid(long tokens, double costUsd) {
    registry.counter("threadmill.embed.tokens", model).increment(tokens);
    registry.counter("threadmill.embed.cost.usd", model).increment(costUsd);
  }

  private Timer requests(String outcome) {
    return Timer.builder("threadmill.embed.requests")
        .tags(provider.and("outcome", outcome))
        .serviceLevelObjectives(ANSWER_TIMES)
        .register(registry);
  }

  private Timer limiterWait() {
    return Timer.builder("threadmill.embed.limiter.wait").tags(provider).register(registry);
  }

  private Timer searchable(String outcome) {
    return Timer.builder("threadmill.searchable")
        .description("From storing a new message's chunk to its vector")
        .tag("outcome", outcome)
        .serviceLevelObjectives(UNTIL_SEARCHABLE)
        .register(registry);
  }
}
