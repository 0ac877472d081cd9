package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.job.ErrorVerdict;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** How long a schedule rests after failures in a row, and when a person must look. */
final class BackOff {
  private static final int SUSPENDED_AFTER = 10;

  /** What only a person can mend is asked for a few times, for a refusal may be a slip, too. */
  private static final int SUSPENDED_AFTER_REFUSALS = 3;

  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration MAX = Duration.ofHours(1);

  private BackOff() {}

  /** After so many failures in a row, the last one of this class, a person must look. */
  static int limit(@Nullable String errorClass) {
    return ErrorVerdict.of(errorClass) == ErrorVerdict.PERSON
        ? SUSPENDED_AFTER_REFUSALS
        : SUSPENDED_AFTER;
  }

  /** Exponential, 30 s after the first failure, capped at 1 h; the lower half is jitter. */
  static Duration after(int failures) {
    long ceiling =
        Math.min(MAX.toMillis(), FIRST.toMillis() << Math.min(20, Math.max(0, failures - 1)));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
  }
}
