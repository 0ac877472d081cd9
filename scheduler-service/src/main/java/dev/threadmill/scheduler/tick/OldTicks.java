package dev.threadmill.scheduler.tick;

import dev.threadmill.core.tick.TickLog;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Deletes old ticks in small batches. The worker runs that they started stay. */
@Component
class OldTicks implements Sweep {
  private static final Duration KEPT = Duration.ofDays(3);
  private static final Duration PAUSE = Duration.ofMinutes(15);
  private static final Duration BETWEEN_BATCHES = Duration.ofMillis(200);
  private static final int BATCH = 500;

  private final TickLog ticks;

  OldTicks(TickLog ticks) {
    this.ticks = ticks;
  }

  @Override
  public String name() {
    return "old ticks";
  }

  @Override
  public Duration sweep() {
    return ticks.prune(KEPT, BATCH) == BATCH ? BETWEEN_BATCHES : PAUSE;
  }
}
