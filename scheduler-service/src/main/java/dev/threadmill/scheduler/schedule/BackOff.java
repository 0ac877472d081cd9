package dev.threadmill.scheduler.schedule;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long a schedule rests after failures in a row. */
final class BackOff {
  /** After so many failures in a row a person must look. */
  static final int SUSPENDED_AFTER = 10;

  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration MAX = Duration.ofHours(1);

  private BackOff() {}

  /** Exponential, 30 s after the first failure, capped at 1 h; the lower half is jitter. */
  static Duration after(int failures) {
    long ceiling =
        Math.min(MAX.toMillis(), FIRST.toMillis() << Math.min(20, Math.max(0, failures - 1)));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
  }
}
