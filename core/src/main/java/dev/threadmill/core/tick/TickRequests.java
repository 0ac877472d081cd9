package dev.threadmill.core.tick;

import dev.threadmill.core.event.SchedulerTick;
import dev.threadmill.core.kafka.EventSender;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Asks for ticks: the row first, the event after its commit. */
public final class TickRequests {
  private final TickLog log;
  private final EventSender sender;
  private final Clock clock;

  public TickRequests(TickLog log, EventSender sender, Clock clock) {
    this.log = log;
    this.sender = sender;
    this.clock = clock;
  }

  /** Empty when another replica already filed the tick of this interval. */
  public Optional<Tick> byTimer(Duration interval, int maxDue) {
    Optional<Tick> tick = log.requestForInterval(interval, maxDue);
    tick.ifPresent(this::announce);
    return tick;
  }

  /**
   * Sends the event of a tick whose row is committed; people's ticks and the timer's go this one
   * way.
   */
  public void announce(Tick tick) {
    var unused =
        sender.send(
            new SchedulerTick(
                UUID.randomUUID(),
                clock.instant(),
                tick.projectId(),
                tick.id(),
                tick.maxDue(),
                tick.trigger()));
  }
}
