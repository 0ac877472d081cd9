package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobWorkers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Gives each project its schedules. */
@Component
public class Seeding {
  /** The jobs that every project has. */
  static final List<JobType> JOBS = List.of(JobType.CHATWOOT_SYNC, JobType.EMBEDDINGS_RUN);

  private static final Logger log = LoggerFactory.getLogger(Seeding.class);
  private static final Duration EVER = Duration.ofDays(365 * 1000L);

  /** Between two ticks no older project appears; a day leaves room for a long outage. */
  private static final Duration NEW = Duration.ofDays(1);

  private final ScheduledJobs schedules;
  private final JobWorkers workers;
  private final Set<JobType> complete = EnumSet.noneOf(JobType.class);

  Seeding(ScheduledJobs schedules, JobWorkers workers) {
    this.schedules = schedules;
    this.workers = workers;
  }

  /**
   * Seeds each job for all projects the first time, then for the new ones, so that it costs next to
   * nothing. A job that no service has ever had would only wait for ever; it is seeded when one
   * comes.
   */
  public synchronized void seed() {
    Set<JobType> jobs = EnumSet.copyOf(JOBS);
    jobs.addAll(workers.known());
    Set<JobType> first = EnumSet.copyOf(jobs);
    first.removeAll(complete);
    int created = schedules.seed(List.copyOf(jobs), NEW);
    if (!first.isEmpty()) {
      created += schedules.seed(List.copyOf(first), EVER);
      complete.addAll(first);
    }
    if (created > 0) {
      log.info("{} schedules created", created);
    }
  }
}
