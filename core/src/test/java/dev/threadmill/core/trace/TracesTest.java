package dev.threadmill.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class TracesTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  @Test
  void a_part_goes_on_with_the_trace_of_what_caused_it() {
    assertThat(Traces.current()).isNull();
    try (var part = Traces.none().begin("run", PARENT)) {
      assertThat(Traces.traceId(Traces.current())).isEqualTo(TRACE);
    }
    assertThat(Traces.current()).isNull();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "99-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      })
  void what_names_no_trace_is_none(String traceparent) {
    assertThat(Traces.traceId(traceparent)).isNull();
    try (var part = Traces.none().begin("run", traceparent)) {
      assertThat(Traces.current()).isNull();
    }
  }

  @Test
  void another_thread_goes_on_with_trace_and_log_and_forgets_them_afterwards() {
    var context =
        SpanContext.create(
            TRACE, "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault());
    Supplier<String> carried;
    try (var scope = Span.wrap(context).makeCurrent();
        var inLog = MDC.putCloseable("run_id", "a run")) {
      carried = Traces.carried(() -> Traces.current() + " " + MDC.get("run_id"));
    }

    String seen =
        CompletableFuture.supplyAsync(carried)
            .thenApply(said -> said + " then " + Traces.current() + " " + MDC.get("run_id"))
            .join();

    assertThat(seen).isEqualTo(PARENT + " a run then null null");
  }
}
