package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.UnsettledRuns.FinishedRun;
import dev.threadmill.core.schedule.Cadence;
import dev.threadmill.core.schedule.ScheduleSettings.Due;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the outcomes of runs change in a schedule.
 *
 * @param cadence null when the row's can't be understood
 * @param next the grid point that is next, with its jitter
 * @param last the latest run; null when there was none
 * @param suspendedBecause set when the schedule becomes suspended now
 */
record Schedule(
    long id,
    boolean active,
    @Nullable Cadence cadence,
    Due next,
    @Nullable Last last,
    int failures,
    @Nullable String suspendedBecause) {

  /** How a run ended. */
  record Last(
      @Nullable Instant startedAt,
      String status,
      @Nullable String error,
      @Nullable String errorClass) {
    static Last of(FinishedRun run) {
      boolean well = run.status() == RunStatus.OK || run.status() == RunStatus.PARTIAL;
      return new Last(
          run.startedAt(),
          run.status().wireName(),
          well ? null : run.error(),
          well ? null : run.errorClass());
    }
  }

  /** The schedule after a run of it has finished. */
  Schedule after(FinishedRun run, Instant now) {
    return switch (run.status()) {
      case FAILED -> afterFailure(run, now);
      case CANCELLED -> with(next, run, failures, suspendedBecause);
      case OK, PARTIAL -> with(next, run, 0, suspendedBecause);
      case QUEUED, RUNNING ->
          throw new IllegalArgumentException("not finished: " + run.status().wireName());
    };
  }

  private Schedule afterFailure(FinishedRun run, Instant now) {
    int inARow = failures + 1;
    if (active && inARow >= BackOff.limit(run.errorClass())) {
      String why =
          "suspended after %d failures in a row; mend the cause, then resume the job or run it by hand. The last one: %s"
              .formatted(inARow, run.error());
      return with(next, run, inARow, why);
    }
    Instant rested = now.plus(BackOff.after(inARow));
    Instant asked = run.retryAt();
    return with(
        rest(asked != null && asked.isAfter(rested) ? asked : rested),
        run,
        inARow,
        suspendedBecause);
  }

  /**
   * The grid stays; points that come too early are left out. A back-off has a jitter of its own.
   */
  private Due rest(Instant until) {
    if (cadence == null || !next.at().isBefore(until)) {
      return next;
    }
    return cadence
        .next(next.point(), until)
        .map(point -> new Due(point, Duration.ZERO))
        .orElse(next);
  }

  private Schedule with(Due due, FinishedRun run, int inARow, @Nullable String suspended) {
    return new Schedule(
        id, active && suspended == null, cadence, due, Last.of(run), inARow, suspended);
  }
}
