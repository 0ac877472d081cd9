package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.e2e.OtlpReceiver.Span;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A stack whose traces are sent to a receiver. */
record Traced(OtlpReceiver receiver) {
  void fromRequestToRow(Api api) {
    // A trace that a caller began goes on, and the run says which it is.
    String trace = newTrace();
    JsonNode accepted = api.postTraced("/jobs/chatwoot/sync", Map.of(), traceparent(trace)).body();
    JsonNode run = api.finished(accepted);
    assertThat(run.path("trace_id").asString()).as("%s", run).isEqualTo(trace);
    assertThat(run.path("trace_url").asString()).isEqualTo("https://traces.example.com/" + trace);
    awaitTrace(
        Set.of("api-gateway", "ingest-service"),
        Set.of("run chatwoot_sync", "chatwoot request"),
        Set.of(trace));

    // A webhook, its hint, the chunks that came of it, their request and their rows.
    api.customerWrites(
        "The coupon " + UUID.randomUUID() + " for the winter sale was never sent to me.");
    awaitTrace(
        Set.of("api-gateway", "ingest-service", "embed-worker"),
        Set.of("hint", "embed batch", "embedding request", "write vectors"),
        Set.of());

    // A tick and the runs that it started, whoever works them.
    awaitTrace(
        Set.of("scheduler-service", "ingest-service", "embed-worker"),
        Set.of("tick", "run chatwoot_sync", "run embeddings_run", "run signals_extraction"),
        Set.of());
  }

  /** A search tells how long its parts took, and nothing of what was asked. */
  void fromQuestionToHits(Api api) {
    String trace = newTrace();
    String asked = UUID.randomUUID().toString();
    int hits =
        api.postTraced(
                "/search", Map.of("query", "Where is parcel " + asked + "?"), traceparent(trace))
            .body()
            .path("hits")
            .size();
    assertThat(hits).isPositive();
    awaitTrace(
        Set.of("api-gateway"),
        Set.of("question embedding", "rank by meaning", "rank by words"),
        Set.of(trace));
    assertThat(receiver.bodies()).noneMatch(body -> body.contains(asked));
  }

  private static String newTrace() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String traceparent(String trace) {
    return "00-" + trace + "-00f067aa0ba902b7-01";
  }

  /**
   * @param ids the trace; empty: any
   */
  private void awaitTrace(Set<String> services, Set<String> names, Set<String> ids) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(receiver.traces())
                    .anySatisfy(
                        (id, spans) -> {
                          assertThat(ids.isEmpty() || ids.contains(id)).isTrue();
                          assertThat(all(spans, Span::service)).containsAll(services);
                          assertThat(all(spans, Span::name)).containsAll(names);
                        }));
  }

  private static Set<String> all(List<Span> spans, Function<Span, String> of) {
    return spans.stream().map(of).collect(Collectors.toSet());
  }
}
