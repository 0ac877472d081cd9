package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run that this process holds by lease.
 *
 * @param fence the number of this claim; a write with an older one is refused
 * @param attempt which attempt this is, from 1
 * @param traceparent what asked for it; null when that was not traced
 */
public record ClaimedRun(
    UUID id,
    UUID projectId,
    JobType jobType,
    RunTrigger trigger,
    JsonNode payload,
    long fence,
    int attempt,
    Instant startedAt,
    @Nullable String traceparent) {}
