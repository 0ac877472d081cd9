package dev.threadmill.core.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Traces, where they are switched on; else all of this costs next to nothing. Across processes a
 * trace goes by the text {@code traceparent} of the W3C: in the headers of requests and events, and
 * in the row of a run.
 */
public final class Traces {
  /** The name of the header, in events too. */
  public static final String HEADER = "traceparent";

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

  private final Tracer tracer;

  Traces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("threadmill");
  }

  /** Traces nothing, as services do unless it is switched on. */
  public static Traces none() {
    return new Traces(OpenTelemetry.noop());
  }

  /** What this thread is doing; null when that is not traced. */
  public static @Nullable String current() {
    SpanContext now = Span.current().getSpanContext();
    return now.isValid()
        ? "00-" + now.getTraceId() + "-" + now.getSpanId() + "-" + now.getTraceFlags().asHex()
        : null;
  }

  /** What brought about an event; null when that was not traced. */
  public static @Nullable String of(ConsumerRecord<?, ?> event) {
    Header header = event.headers().lastHeader(HEADER);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.US_ASCII);
  }

  /** The id of the trace that a {@code traceparent} names; null when it names none. */
  public static @Nullable String traceId(@Nullable String traceparent) {
    return context(traceparent).map(SpanContext::getTraceId).orElse(null);
  }

  /** The same for another thread, as a part of what this one is doing, in traces and in logs. */
  public static Runnable carried(Runnable task) {
    Supplier<Boolean> carried =
        carried(
            () -> {
              task.run();
              return true;
            });
    return () -> {
      var unused = carried.get();
    };
  }

  /** The same for another thread, as a part of what this one is doing, in traces and in logs. */
  public static <T> Supplier<T> carried(Supplier<T> task) {
    Context trace = Context.current();
    Map<String, String> inLog = MDC.getCopyOfContextMap();
    return () -> {
      Map<String, String> before = MDC.getCopyOfContextMap();
      setInLog(inLog);
      try (Scope scope = trace.makeCurrent()) {
        return task.get();
      } finally {
        setInLog(before);
      }
    };
  }

  private static void setInLog(@Nullable Map<String, String> entries) {
    if (entries == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(entries);
    }
  }

  /** Begins a part of what this thread is doing, or a new trace. */
  public Part begin(String name) {
    return begin(name, List.of());
  }

  /**
   * Begins a part of a trace on this thread. Close it where it began.
   *
   * @param parent a {@code traceparent}; null: what this thread is doing, or a new trace
   */
  public Part begin(String name, @Nullable String parent) {
    var builder = tracer.spanBuilder(name);
    context(parent)
        .ifPresent(remote -> builder.setParent(Context.current().with(Span.wrap(remote))));
    return new Part(builder.startSpan());
  }

  /**
   * Begins a part that has several causes: a part of the first one's trace, with links to the
   * others.
   */
  public Part begin(String name, Collection<String> causes) {
    var builder = tracer.spanBuilder(name);
    boolean first = true;
    for (String cause : causes) {
      SpanContext remote = context(cause).orElse(null);
      if (remote != null && first) {
        builder.setParent(Context.current().with(Span.wrap(remote)));
        first = false;
      } else if (remote != null) {
        builder.addLink(remote);
      }
    }
    return new Part(builder.startSpan());
  }

  private static Optional<SpanContext> context(@Nullable String traceparent) {
    Matcher parts = TRACEPARENT.matcher(traceparent == null ? "" : traceparent);
    return parts.matches()
        ? Optional.of(
                SpanContext.createFromRemoteParent(
                    parts.group(1),
                    parts.group(2),
                    TraceFlags.fromHex(parts.group(3), 0),
                    TraceState.getDefault()))
            .filter(SpanContext::isValid)
        : Optional.empty();
  }

  /** A part of a trace that is under way on this thread. */
  public static final class Part implements AutoCloseable {
    private final Span span;
    private final Scope scope;

    // Closed with this part, by who began it.
    @SuppressWarnings("MustBeClosedChecker")
    private Part(Span span) {
      this.span = span;
      this.scope = span.makeCurrent();
    }

    /**
     * @param value an id, a number or a stable word; no secret and no text of customers
     */
    public Part with(String name, String value) {
      span.setAttribute(name, value);
      return this;
    }

    /**
     * @param why a stable word
     */
    public void failed(String why) {
      span.setStatus(StatusCode.ERROR, why);
    }

    @Override
    public void close() {
      scope.close();
      span.end();
    }
  }
}
