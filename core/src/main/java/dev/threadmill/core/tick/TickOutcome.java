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
    return claimed && runs.stream().allMatch(Started::finished);
  }

  /**
   * What a due time became.
   *
   * @param runId the run that it started or joined, or that was in its way; null when nothing was
   *     run
   * @param status of that run
   * @param coalesced true when an earlier run of the job was still active, and the due time joined
   *     it
   * @param skipped true when nothing was run for it
   * @param reason why it made no run of its own, or stands for several
   */
  public record Started(
      UUID projectId,
      JobType jobType,
      @Nullable UUID runId,
      @Nullable RunStatus status,
      boolean coalesced,
      boolean skipped,
      @Nullable String reason,
      @Nullable String error) {
    boolean finished() {
      return skipped || (status != null && status.finished());
    }
  }
}
