package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.run.ScheduledRuns;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Why a job did not run, and when it will.
 *
 * @param nextTimes the next points of its grid, without jitter; when it is paused or suspended,
 *     those it would have if it were resumed now
 * @param holds all that keeps it from running, empty when nothing does
 * @param dueTimes what its latest due times became, newest first
 */
public record Explanation(
    ScheduleView schedule,
    List<Instant> nextTimes,
    List<Hold> holds,
    List<ScheduledRuns.PastDueTime> dueTimes) {
  /**
   * One thing that keeps a job from running.
   *
   * @param kind a stable word
   * @param what a sentence, with what to do about it
   * @param by who did it, where somebody did
   * @param since when it began
   * @param until when it ends by itself
   */
  public record Hold(
      String kind,
      String what,
      @Nullable String by,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable UUID runId) {
    static Hold of(String kind, String what) {
      return new Hold(kind, what, null, null, null, null);
    }
  }
}
