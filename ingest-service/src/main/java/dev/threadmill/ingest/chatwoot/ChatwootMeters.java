package dev.threadmill.ingest.chatwoot;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.Stream;

/** The numbers of requests to Chatwoot for Prometheus, over all servers and accounts. */
final class ChatwootMeters {
  private static final Duration[] ANSWER_TIMES =
      Stream.of(25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Timer limiterWait;

  ChatwootMeters(MeterRegistry registry) {
    this.registry = registry;
    this.limiterWait =
        Timer.builder("threadmill.chatwoot.limiter.wait")
            .description("How long requests were kept back so that the server's limit is kept")
            .register(registry);
    requests("ok");
  }

  void limiterWait(Duration waited) {
    limiterWait.record(waited);
  }

  /**
   * @param outcome {@code ok} or the kind of failure
   */
  void request(String outcome, Duration took) {
    requests(outcome).record(took);
  }

  private Timer requests(String outcome) {
    return Timer.builder("threadmill.chatwoot.requests")
        .description("Requests to Chatwoot, each try by itself, until the answer was read")
        .tag("outcome", outcome)
        .serviceLevelObjectives(ANSWER_TIMES)
        .register(registry);
  }
}
