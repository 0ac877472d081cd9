package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Resumes suspended schedules once their cause is mended, so that nobody has to do it twice, and
 * ends the row of failures of those that are not suspended yet.
 */
@Component
class MendedSchedules implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(MendedSchedules.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Duration LATELY = Duration.ofSeconds(30);
  private static final int AT_ONCE = 100;

  private final ScheduledJobs jobs;
  private final Schedules schedules;
  private final TransactionTemplate transaction;

  MendedSchedules(ScheduledJobs jobs, Schedules schedules, TransactionTemplate transaction) {
    this.jobs = jobs;
    this.schedules = schedules;
    this.transaction = transaction;
  }

  @Override
  public String name() {
    return "mended schedules";
  }

  @Override
  public Duration sweep() {
    transaction.executeWithoutResult(
        status -> {
          Instant now = schedules.now();
          jobs.lockMended(AT_ONCE).forEach(schedule -> resume(schedule, now));
        });
    int ended = jobs.endFailures(LATELY, AT_ONCE);
    if (ended > 0) {
      log.info("the failures of {} schedules have ended with a run that went well", ended);
    }
    return PAUSE;
  }

  private void resume(ScheduleRow schedule, Instant now) {
    try {
      schedule
          .settings()
          .cadence()
          .next(schedule.point(), now)
          .map(schedule.settings()::due)
          .ifPresent(
              next -> {
                jobs.resume(schedule.id(), next);
                log.info(
                    "schedule {} of {} is resumed: its cause is mended",
                    schedule.id(),
                    schedule.jobType().wireName());
              });
    } catch (IllegalArgumentException unusable) {
      log.debug("schedule {} stays suspended: {}", schedule.id(), unusable.getMessage());
    }
  }
}
