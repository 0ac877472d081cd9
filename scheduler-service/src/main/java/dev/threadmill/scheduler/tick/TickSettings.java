package dev.threadmill.scheduler.tick;

import dev.threadmill.core.settings.Settings;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How often what is due is looked for.
 *
 * @param interval {@code SCHEDULER_TICK_SECONDS}, 1 to 3600, default 60; over all replicas together
 */
@Component
record TickSettings(Duration interval) {
  private static final Duration LEAST_GRACE = Duration.ofMinutes(5);

  @Autowired
  TickSettings(Settings settings) {
    this(Duration.ofSeconds(settings.integer("SCHEDULER_TICK_SECONDS", 60, 1, 3600)));
  }

  /**
   * A due time that is later than this counts as missed: two intervals, for the scheduler looks no
   * oftener, and five minutes at the least, so that a restart misses nothing.
   */
  Duration grace() {
    Duration two = interval.multipliedBy(2);
    return two.compareTo(LEAST_GRACE) > 0 ? two : LEAST_GRACE;
  }
}
