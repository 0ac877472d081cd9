package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list; null means any.
 *
 * @param before only runs that were requested before this one: the next page
 */
public record RunFilter(@Nullable JobType job, @Nullable RunStatus status, @Nullable UUID before) {}
