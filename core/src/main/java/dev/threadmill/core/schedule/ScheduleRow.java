package dev.threadmill.core.schedule;

import dev.threadmill.core.job.JobType;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as its row has it.
 *
 * @param status {@code active}, {@code paused} or {@code suspended}
 * @param nextRunAt the next grid point with its jitter; what it stays at while the schedule rests
 * @param nextJitter how much of {@code nextRunAt} is jitter
 * @param catchingUp how many missed times are still to be run
 * @param statusReason why it is paused or suspended
 */
public record ScheduleRow(
    long id,
    UUID projectId,
    JobType jobType,
    String status,
    ScheduleSettings settings,
    Instant nextRunAt,
    Duration nextJitter,
    @Nullable Instant lastRunAt,
    @Nullable String lastStatus,
    @Nullable String lastError,
    @Nullable String lastErrorClass,
    int failures,
    int catchingUp,
    @Nullable String statusReason,
    @Nullable String statusChangedBy,
    @Nullable Instant statusChangedAt) {
  public boolean active() {
    return status.equals("active");
  }

  /** The point of the grid that {@code nextRunAt} stands for. */
  public Instant point() {
    return nextRunAt.minus(nextJitter);
  }
}
