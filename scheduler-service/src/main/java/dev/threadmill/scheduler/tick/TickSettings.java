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
  @Autowired
  TickSettings(Settings settings) {
    this(Duration.ofSeconds(settings.integer("SCHEDULER_TICK_SECONDS", 60, 1, 3600)));
  }
}
