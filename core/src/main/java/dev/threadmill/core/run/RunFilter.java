package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list; null means any.
 *
 * @param from requested at this time or later
 * @param to requested before this time
 * @param before only runs that come after this one in the list: the next page
 */
public record RunFilter(
    @Nullable JobType job,
    @Nullable RunStatus status,
    @Nullable RunTrigger trigger,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable Position before) {
  /** A place in the list of runs, which stays where it is when the run itself is pruned. */
  public record Position(Instant requestedAt, UUID runId) {}
}
