package dev.threadmill.core.event;

import dev.threadmill.core.job.JobType;
import java.time.Instant;
import java.util.UUID;

/**
 * A run is queued.
 *
 * @param attempt how many attempts were made before
 */
public record JobRequested(
    UUID eventId, Instant occurredAt, UUID projectId, UUID runId, JobType jobType, int attempt)
    implements Event {}
