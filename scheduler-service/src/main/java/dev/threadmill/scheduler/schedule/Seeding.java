package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobWorkers;
import dev.threadmill.core.schedule.ScheduleSeeds;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Gives each project its schedules. */
@Component
public class Seeding {
  private static final Logger log = LoggerFactory.getLogger(Seeding.class);
  private static final Duration EVER = Duration.ofDays(365 * 1000L);

  /** Between two ticks no older project appears; a day leaves room for a long outage. */
  private static final Duration NEW = Duration.ofDays(1);

  private final ScheduleSeeds seeds;
  private final JobWorkers workers;
  private final Set<JobType> complete = EnumSet.noneOf(JobType.class);

  Seeding(ScheduleSeeds seeds, JobWorkers workers) {
    this.seeds = seeds;
    this.workers = workers;
  }

  /**
   * Seeds each job for all projects the first time, then for the new ones, so that it costs next to
   * nothing. A job that no service has ever had would only wait for ever; it is seeded when one
   * comes.
   */
  public synchronized void seed() {
    Set<JobType> jobs = EnumSet.copyOf(ScheduleSeeds.JOBS);
    jobs.addAll(workers.known());
    Set<JobType> first = EnumSet.copyOf(jobs);
    first.removeAll(complete);
    int created = seeds.seed(jobs, NEW);
    if (!first.isEmpty()) {
      created += seeds.seed(first, EVER);
      complete.addAll(first);
    }
    if (created > 0) {
      log.info("{} schedules created", created);
    }
  }
}
