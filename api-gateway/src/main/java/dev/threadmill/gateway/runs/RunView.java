package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.JobRun;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A run as the API shows it. */
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
    @Nullable Instant cancelRequestedAt) {
  public static RunView of(JobRun run) {
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
        run.cancelRequestedAt());
  }

  private static @Nullable Long duration(JobRun run) {
    return run.startedAt() == null || run.finishedAt() == null
        ? null
        : Duration.between(run.startedAt(), run.finishedAt()).toMillis();
  }
}
