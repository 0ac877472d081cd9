package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.trace.Traces;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run as the API shows it.
 *
 * @param heldBy the limit that keeps it waiting
 * @param traceId of the trace that it is part of; null when it is not traced
 * @param traceUrl where to look at that, by {@code TRACE_URL_TEMPLATE}; null in lists, too
 * @param log its last lines, oldest first: {@code at}, {@code level}, {@code message}; null in
 *     lists
 */
public record RunView(
    UUID runId,
    UUID projectId,
    JobType jobName,
    RunTrigger trigger,
    String requestedBy,
    RunStatus status,
    Instant requestedAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Long durationMs,
    int attempt,
    @Nullable String worker,
    long processedCount,
    JsonNode progress,
    JsonNode result,
    @Nullable String error,
    @Nullable String errorClass,
    @Nullable Instant cancelRequestedAt,
    @Nullable String heldBy,
    @Nullable String traceId,
    @Nullable String traceUrl,
    @Nullable JsonNode log) {
  public static RunView of(JobRun run) {
    return of(run, null, null);
  }

  static RunView of(JobRun run, @Nullable JsonNode log, @Nullable String traceUrl) {
    return new RunView(
        run.id(),
        run.projectId(),
        run.jobType(),
        run.trigger(),
        run.requestedBy(),
        run.status(),
        run.requestedAt(),
        run.startedAt(),
        run.finishedAt(),
        duration(run),
        run.attempt(),
        run.worker(),
        run.processedCount(),
        run.progress(),
        run.result(),
        run.error(),
        run.errorClass(),
        run.cancelRequestedAt(),
        run.heldBy(),
        Traces.traceId(run.traceparent()),
        traceUrl,
        log);
  }

  private static @Nullable Long duration(JobRun run) {
    return run.startedAt() == null || run.finishedAt() == null
        ? null
        : Duration.between(run.startedAt(), run.finishedAt()).toMillis();
  }
}
