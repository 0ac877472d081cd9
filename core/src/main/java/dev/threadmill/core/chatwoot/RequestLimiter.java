package dev.threadmill.core.chatwoot;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps the requests to one Chatwoot server below a number per minute, over all runs of this
 * process. Chatwoot counts in fixed minutes; a steady rate with a small burst stays below its limit
 * in any of them. Times are durations since it began, by a clock that nobody sets: the system's
 * clock, set back by an hour, would stop all requests for that long.
 */
public final class RequestLimiter {
  private static final int MAX_BURST = 50;

  private final LongSupplier nanoTime;
  private final long begun;
  private final Duration interval;
  private final Duration burst;
  private Duration nextSlot = Duration.ZERO;
  private Duration pausedUntil = Duration.ZERO;

  /**
   * @param perMinute 1 or more
   */
  public RequestLimiter(int perMinute) {
    this(perMinute, System::nanoTime);
  }

  /**
   * @param nanoTime nanoseconds since any moment, as {@link System#nanoTime()} says
   */
  public RequestLimiter(int perMinute, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
    int atOnce = Math.min(MAX_BURST, perMinute / 10);
    // What the burst may add to a minute is taken off the steady rate.
    this.interval = Duration.ofNanos(60_000_000_000L / (perMinute - atOnce));
    // The slot that is due belongs to the burst.
    this.burst = interval.multipliedBy(Math.max(0, atOnce - 1));
  }

  /** Takes the next slot and says how long to wait for it. */
  public synchronized Duration reserve() {
    Duration now = now();
    if (nextSlot.compareTo(now) < 0) {
      nextSlot = now;
    }
    Duration wait = nextSlot.minus(burst).minus(now);
    nextSlot = nextSlot.plus(interval);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** Stops all requests for a while, because the server asked for it. */
  public synchronized void pauseFor(Duration duration) {
    Duration until = now().plus(duration);
    if (until.compareTo(pausedUntil) > 0) {
      pausedUntil = until;
    }
  }

  /** How long requests must still wait because the server asked for it. */
  public synchronized Duration pauseLeft() {
    Duration left = pausedUntil.minus(now());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** The difference is right also where the number runs over. */
  private Duration now() {
    return Duration.ofNanos(nanoTime.getAsLong() - begun);
  }
}
