package dev.threadmill.core.tick;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What became of a tick.
 *
 * @param claimed whether the scheduler has claimed what was due; until then the list is empty
 */
public record TickOutcome(boolean claimed, List<Started> runs) {
  public TickOutcome {
    runs = List.copyOf(runs);
  }

  /** Whether the tick was claimed and all of its runs are finished. */
  public boolean finished() {
    return claimed && runs.stream().allMatch(run -> run.status().finished());
  }

  /**
   * A run that the tick started or joined.
   *
   * @param coalesced true when an earlier run of the job was still active, and the due time joined
   *     it
   */
  public record Started(
      UUID projectId,
      JobType jobType,
      UUID runId,
      RunStatus status,
      boolean coalesced,
      @Nullable String error) {}
}
