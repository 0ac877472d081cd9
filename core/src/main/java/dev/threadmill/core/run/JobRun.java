package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One execution of a job, as the run log holds it.
 *
 * @param requestedBy who asked: a token's name, {@code scheduler}, a webhook
 * @param dueAt a queued run is not taken before this
 * @param attempt how many times it was taken
 * @param result what the job reported; null node before the end
 * @param heldBy the limit that keeps a queued run waiting
 * @param traceparent what asked for it; null when that was not traced
 * @param errorClass a stable word for the kind of error, such as {@code unauthorized}
 */
public record JobRun(
    UUID id,
    UUID projectId,
    JobType jobType,
    RunTrigger trigger,
    String requestedBy,
    RunStatus status,
    JsonNode payload,
    Instant requestedAt,
    Instant dueAt,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    @Nullable Instant heartbeatAt,
    int attempt,
    @Nullable String worker,
    long processedCount,
    JsonNode progress,
    JsonNode result,
    @Nullable String error,
    @Nullable String errorClass,
    @Nullable Instant cancelRequestedAt,
    @Nullable String heldBy,
    JsonNode meta,
    @Nullable String traceparent) {}
