package dev.threadmill.scheduler.metrics;

import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Takes numbers away that were read too long ago. All scheduler-services show the same and every
 * query asks for the highest, so one that lost the database or the broker would otherwise keep what
 * was once true. By itself, for whoever reads may hang behind a lock.
 */
@Component
class StaleMeters implements Sweep {
  private static final Duration KEPT = Duration.ofSeconds(60);
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final StateMeters state;
  private final LagMeters lag;

  StaleMeters(StateMeters state, LagMeters lag) {
    this.state = state;
    this.lag = lag;
  }

  @Override
  public String name() {
    return "stale metrics";
  }

  @Override
  public Duration sweep() {
    state.forgetAfter(KEPT);
    lag.forgetAfter(KEPT);
    return EVERY;
  }
}
