package dev.threadmill.gateway.signals;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.page.GlobalId;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which signals; null lets everything pass. */
record SignalFilter(
    @Nullable String type,
    @Nullable String status,
    @Nullable GlobalId contact,
    @Nullable GlobalId conversation,
    @Nullable Integer minSeverity,
    @Nullable Double minConfidence,
    @Nullable Instant from,
    @Nullable Instant to) {
  static final List<String> STATUSES = List.of("proposed", "accepted", "dismissed", "done");

  /** Reads and checks what was sent. */
  static SignalFilter of(UUID project, SignalsQuery query) {
    Integer severity = query.severity();
    if (severity != null && (severity < 1 || severity > 5)) {
      throw ApiProblem.invalid("'severity' must be 1 to 5.");
    }
    Double confidence = query.confidence();
    if (confidence != null && !(confidence >= 0 && confidence <= 1)) {
      throw ApiProblem.invalid("'confidence' must be 0 to 1.");
    }
    return new SignalFilter(
        Parameters.word("type", query.type(), SignalType.wireNames()),
        Parameters.word("status", query.status(), STATUSES),
        GlobalId.filter("contact", "cwc", project, query.contact()),
        GlobalId.filter("conversation", "cw", project, query.conversation()),
        severity,
        confidence,
        Parameters.time("from", query.from()),
        Parameters.time("to", query.to()));
  }
}
