package dev.threadmill.core.run;

import dev.threadmill.core.job.RunStatus;
import java.util.UUID;

/**
 * The answer to a {@link RunRequest}.
 *
 * @param created false when a run of that job was already queued or running: then it is that one
 */
public record RequestedRun(UUID runId, RunStatus status, int attempt, boolean created) {}
