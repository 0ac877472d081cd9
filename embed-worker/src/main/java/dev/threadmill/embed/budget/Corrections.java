package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.Allowance;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which answers have to be told to the row that all workers share. Each request is in it since it
 * was admitted; what an answer says of the limits only corrects it, for others ask with the same
 * key, and tokens are estimated. So small differences are told a few times a second, and each one
 * where it could matter: when little is left, or the row is far off.
 */
final class Corrections {
  private static final Duration EVERY = Duration.ofMillis(200);

  /** Parts of a limit. */
  private static final double LITTLE = 0.1;

  private static final double FAR = 0.05;

  private final LongSupplier nanoTime;
  private long toldAt;

  Corrections(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.toldAt = nanoTime.getAsLong() - EVERY.toNanos();
  }

  /**
   * @param counted what the row had when the request was counted in it
   * @param told what the answer says
   */
  synchronized boolean needed(Allowance counted, Allowance told) {
    Difference requests =
        Difference.of(
            counted.requestsPerMinute(),
            counted.requestsLeft(),
            told.requestsPerMinute(),
            told.requestsLeft());
    Difference tokens =
        Difference.of(
            counted.tokensPerMinute(),
            counted.tokensLeft(),
            told.tokensPerMinute(),
            told.tokensLeft());
    Difference worse = requests.compareTo(tokens) > 0 ? requests : tokens;
    long now = nanoTime.getAsLong();
    boolean needed =
        switch (worse) {
          case NONE -> false;
          case SMALL -> now - toldAt >= EVERY.toNanos();
          case LARGE -> true;
        };
    if (needed) {
      toldAt = now;
    }
    return needed;
  }

  private enum Difference {
    NONE,
    SMALL,
    LARGE;

    static Difference of(
        @Nullable Long limit,
        @Nullable Long left,
        @Nullable Long toldLimit,
        @Nullable Long toldLeft) {
      if (toldLimit == null || toldLeft == null) {
        return NONE;
      }
      if (left == null || !toldLimit.equals(limit)) {
        return LARGE;
      }
      // What is left is only ever corrected downwards: requests under way are counted here, and not
      // yet by the provider.
      long tooMuch = left - toldLeft;
      if (tooMuch <= 0) {
        return NONE;
      }
      boolean little = toldLeft < toldLimit * LITTLE;
      return little || tooMuch > toldLimit * FAR ? LARGE : SMALL;
    }
  }
}
