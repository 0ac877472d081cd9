package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.schedule.ScheduleSeeds;
import java.time.Duration;
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
  private boolean complete;

  Seeding(ScheduleSeeds seeds) {
    this.seeds = seeds;
  }

  /**
   * Seeds for all projects the first time, then for the new ones, so that it costs next to nothing.
   */
  public synchronized void seed() {
    int created = seeds.seed(complete ? NEW : EVER);
    complete = true;
    if (created > 0) {
      log.info("{} schedules created", created);
    }
  }
}
