package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is written when a run ends.
 *
 * @param retryAfter how long whoever refused it wants to be left alone; null when nobody said
 * @param cascade the jobs to start at once because of what the run changed
 */
record RunEnd(
    RunStatus status,
    RunContext.Progress progress,
    Map<String, ?> result,
    @Nullable String errorClass,
    @Nullable String error,
    @Nullable Duration retryAfter,
    Set<JobType> cascade) {}
