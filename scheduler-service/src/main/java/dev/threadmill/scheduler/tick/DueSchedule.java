package dev.threadmill.scheduler.tick;

import dev.threadmill.core.schedule.ScheduleRow;
import java.time.Instant;

/**
 * A schedule that a tick has locked.
 *
 * @param now the database's time
 */
record DueSchedule(ScheduleRow row, Instant now, boolean projectArchived) {}
