package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import java.util.UUID;

/**
 * A run that waits for a worker.
 *
 * @param attempt how many attempts were made before
 */
public record QueuedRun(UUID id, UUID projectId, JobType jobType, int attempt) {}
