package dev.threadmill.scheduler.tick;

import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.core.schedule.Cadence;
import dev.threadmill.core.schedule.CatchUp;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.ScheduleSettings.Due;
import dev.threadmill.core.schedule.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tick does with a schedule that is due. */
sealed interface Plan {
  long schedule();

  /** It can't go on until somebody changes it. */
  record Suspend(long schedule, String why) implements Plan {}

  /**
   * It moves on to the next point of its grid.
   *
   * @param run the due time to run now; null when none is
   * @param skip the due time that is left out, with its reason; null when none is
   * @param later missed points to be run one after the other
   */
  record Move(
      long schedule, Due next, @Nullable DueTime run, @Nullable DueTime skip, List<Instant> later)
      implements Plan {}

  /**
   * @param grace how late a due time may be before it counts as missed
   */
  static Plan of(DueSchedule due, Duration grace) {
    ScheduleRow row = due.row();
    try {
      Cadence cadence = row.settings().cadence();
      Due next =
          cadence
              .next(row.point(), due.now())
              .map(row.settings()::due)
              .orElseThrow(() -> new IllegalArgumentException("there is no next time"));
      return due.projectArchived()
          ? new Move(row.id(), next, null, null, List.of())
          : move(due, cadence, next, grace);
    } catch (IllegalArgumentException unusable) {
      return new Suspend(row.id(), unusable.getMessage() + "; change the schedule, then resume it");
    }
  }

  private static Move move(DueSchedule due, Cadence cadence, Due next, Duration grace) {
    ScheduleRow row = due.row();
    var points = new MissedPoints(cadence, row.point(), due.now());
    Duration late = Duration.between(row.nextRunAt(), due.now());
    boolean missed = late.compareTo(grace) > 0;
    if (row.settings().catchUp() == CatchUp.ALL && (missed || queuesBehindItself(row))) {
      return withAll(due, next, missed ? points : points.firstOnly());
    }
    String leftOut = missed ? leftOut(due, late) : null;
    return leftOut == null
        ? new Move(row.id(), next, time(row, row.point(), points.inWords()), null, List.of())
        : new Move(row.id(), next, null, time(row, row.point(), leftOut), List.of());
  }

  /** Outside of the window all wait for it; else the oldest runs, where none waits before it. */
  private static Move withAll(DueSchedule due, Due next, MissedPoints points) {
    ScheduleRow row = due.row();
    List<Instant> all = points.newest(row.settings().catchUpCap());
    return queuesBehindItself(row) || !inWindow(due)
        ? new Move(row.id(), next, null, null, all)
        : new Move(
            row.id(),
            next,
            time(row, all.getFirst(), points.leftOutBefore(all)),
            null,
            all.subList(1, all.size()));
  }

  /**
   * After a failure nothing is caught up: then only a due time that runs, after its back-off, can
   * end the row of failures.
   */
  private static boolean queuesBehindItself(ScheduleRow row) {
    return row.catchingUp() > 0 && row.failures() == 0;
  }

  /** Why a missed time is left out; null when one run makes up for all that were missed. */
  private static @Nullable String leftOut(DueSchedule due, Duration late) {
    if (due.row().settings().catchUp() == CatchUp.NONE) {
      return "missed by %d s, and catch_up is 'none'".formatted(late.toSeconds());
    }
    return inWindow(due)
        ? null
        : "missed by %d s, and now is outside of its window".formatted(late.toSeconds());
  }

  private static boolean inWindow(DueSchedule due) {
    ScheduleSettings settings = due.row().settings();
    Window window = settings.window();
    return window == null || window.contains(due.now(), settings.zone());
  }

  private static DueTime time(ScheduleRow row, Instant point, @Nullable String reason) {
    return new DueTime(
        row.id(), row.projectId(), row.jobType(), point, row.settings().overlap(), reason);
  }
}
