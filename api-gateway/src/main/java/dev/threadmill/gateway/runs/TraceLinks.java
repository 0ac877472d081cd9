package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where people look at traces: {@code TRACE_URL_TEMPLATE}. */
@Component
class TraceLinks {
  private static final String NAME = "TRACE_URL_TEMPLATE";
  private static final String PLACE = "{trace_id}";

  private final Optional<String> template;

  TraceLinks(Settings settings) {
    this.template = settings.text(NAME);
    template
        .filter(text -> !text.matches("https?://.+") || !text.contains(PLACE))
        .ifPresent(
            text -> {
              throw new InvalidSettingException(
                  NAME,
                  "is '%s'; expected an address with {trace_id} in it, such as https://jaeger.example.com/trace/{trace_id}"
                      .formatted(text));
            });
  }

  /** Null when nobody said where, or the run is not traced. */
  @Nullable String of(JobRun run) {
    String traceId = Traces.traceId(run.traceparent());
    return traceId == null ? null : template.map(text -> text.replace(PLACE, traceId)).orElse(null);
  }
}
