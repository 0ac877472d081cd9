package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.JobType;
import java.time.Duration;
import java.util.List;
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
  private volatile boolean complete;

  Seeding(ScheduledJobs schedules) {
    this.schedules = schedules;
  }

  /** The first time for all projects, then for the new ones, so that it costs next to nothing. */
  public void seed() {
    int created = schedules.seed(JOBS, complete ? NEW : EVER);
    complete = true;
    if (created > 0) {
      log.info("{} schedules created", created);
    }
  }
}
