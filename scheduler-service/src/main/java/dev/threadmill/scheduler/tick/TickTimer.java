package dev.threadmill.scheduler.tick;

import dev.threadmill.core.tick.TickLog;
import dev.threadmill.core.tick.TickRequests;
import dev.threadmill.scheduler.schedule.Seeding;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Files the tick of each interval. All replicas try, the row decides who was first, and the
 * intervals are the database's, so no clocks have to agree.
 */
@Component
class TickTimer implements Sweep {
  static final int MAX_DUE = 10_000;

  private final TickSettings settings;
  private final Seeding seeding;
  private final TickRequests requests;
  private final TickLog ticks;

  TickTimer(TickSettings settings, Seeding seeding, TickRequests requests, TickLog ticks) {
    this.settings = settings;
    this.seeding = seeding;
    this.requests = requests;
    this.ticks = ticks;
  }

  @Override
  public String name() {
    return "tick timer";
  }

  @Override
  public Duration sweep() {
    seeding.seed();
    requests.byTimer(settings.interval(), MAX_DUE);
    return ticks.untilNextInterval(settings.interval());
  }
}
