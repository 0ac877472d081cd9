package dev.threadmill.core.chatwoot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Keeps the requests to one Chatwoot server below a number per minute, over all runs of this
 * process. Chatwoot counts in fixed minutes; a steady rate with a small burst stays below its limit
 * in any of them.
 */
public final class RequestLimiter {
  private static final int MAX_BURST = 50;

  private final Clock clock;
  private final Duration interval;
  private final Duration burst;
  private Instant nextSlot = Instant.EPOCH;
  private Instant pausedUntil = Instant.EPOCH;

  /**
   * @param perMinute 1 or more
   */
  public RequestLimiter(int perMinute, Clock clock) {
    this.clock = clock;
    int atOnce = Math.min(MAX_BURST, perMinute / 10);
    // What the burst may add to a minute is taken off the steady rate.
    this.interval = Duration.ofNanos(60_000_000_000L / (perMinute - atOnce));
    // The slot that is due belongs to the burst.
    this.burst = interval.multipliedBy(Math.max(0, atOnce - 1));
  }

  /** Takes the next slot and says how long to wait for it. */
  public synchronized Duration reserve() {
    Instant now = clock.instant();
    if (nextSlot.isBefore(now)) {
      nextSlot = now;
    }
    Duration wait = Duration.between(now, nextSlot.minus(burst));
    nextSlot = nextSlot.plus(interval);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** Stops all requests for a while, because the server asked for it. */
  public synchronized void pauseFor(Duration duration) {
    Instant until = clock.instant().plus(duration);
    if (until.isAfter(pausedUntil)) {
      pausedUntil = until;
    }
  }

  /** How long requests must still wait because the server asked for it. */
  public synchronized Duration pauseLeft() {
    Duration left = Duration.between(clock.instant(), pausedUntil);
    return left.isNegative() ? Duration.ZERO : left;
  }
}
