package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.RunStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the outcomes of runs change in a schedule.
 *
 * @param cadence null when the row's can't be understood
 * @param suspendedBecause set when the schedule becomes suspended now
 */
record Schedule(
    long id,
    boolean active,
    @Nullable Cadence cadence,
    Instant nextRunAt,
    @Nullable Instant lastRunAt,
    @Nullable String lastStatus,
    @Nullable String lastError,
    int failures,
    @Nullable String suspendedBecause) {

  /** The schedule after a run of it has finished. */
  Schedule after(RunStatus outcome, Instant startedAt, @Nullable String error, Instant now) {
    return switch (outcome) {
      case FAILED -> afterFailure(startedAt, error, now);
      case CANCELLED -> with(nextRunAt, startedAt, outcome, error, failures, null);
      case OK, PARTIAL -> with(nextRunAt, startedAt, outcome, null, 0, null);
      case QUEUED, RUNNING -> throw new IllegalArgumentException("not finished: " + outcome);
    };
  }

  private Schedule afterFailure(Instant startedAt, @Nullable String error, Instant now) {
    int inARow = failures + 1;
    if (active && inARow >= BackOff.SUSPENDED_AFTER) {
      String why =
          "suspended after %d failures in a row; mend the cause, then resume the job. The last one: %s"
              .formatted(inARow, error);
      return with(nextRunAt, startedAt, RunStatus.FAILED, error, inARow, why);
    }
    Instant rested = now.plus(BackOff.after(inARow));
    Instant next = cadence == null ? nextRunAt : cadence.next(nextRunAt, rested).orElse(nextRunAt);
    return with(next, startedAt, RunStatus.FAILED, error, inARow, null);
  }

  private Schedule with(
      Instant next,
      Instant ranAt,
      RunStatus outcome,
      @Nullable String error,
      int inARow,
      @Nullable String suspended) {
    return new Schedule(
        id,
        active && suspended == null,
        cadence,
        next,
        ranAt,
        outcome.wireName(),
        error,
        inARow,
        suspended == null ? suspendedBecause : suspended);
  }
}
