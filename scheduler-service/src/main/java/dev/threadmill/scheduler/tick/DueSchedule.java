package dev.threadmill.scheduler.tick;

import dev.threadmill.core.run.ScheduledRuns.DueTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A schedule that a tick has locked.
 *
 * @param next the first grid point after now; null when there is none
 * @param unusable why the schedule can't go on; null when it can
 * @param projectArchived then the grid moves on and nothing runs
 */
record DueSchedule(
    DueTime due, @Nullable Instant next, @Nullable String unusable, boolean projectArchived) {
  long id() {
    return due.scheduleId();
  }
}
