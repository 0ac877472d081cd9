package dev.threadmill.scheduler.recovery;

import dev.threadmill.core.run.RunRetention;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Deletes runs that are older than {@code RUN_HISTORY_DAYS} (1 to 3650, default 90), in batches so
 * small that nobody waits for them.
 */
@Component
class OldRuns implements Sweep {
  private static final Duration PAUSE = Duration.ofMinutes(15);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(200);
  private static final int BATCH = 500;

  private final RunRetention retention;
  private final Duration kept;

  OldRuns(RunRetention retention, Settings settings) {
    this.retention = retention;
    this.kept = Duration.ofDays(settings.integer("RUN_HISTORY_DAYS", 90, 1, 3650));
  }

  @Override
  public String name() {
    return "old runs";
  }

  @Override
  public Duration sweep() {
    return retention.prune(kept, BATCH) == BATCH ? BETWEEN_BATCHES : PAUSE;
  }
}
