package dev.threadmill.scheduler.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How full the window of a cap is, as one run knows it: a window may hold thousands of messages,
 * and not each claim of the run counts them again. Messages only leave a window as time goes on, so
 * what was counted once and what was claimed since are never fewer than there are. Where that might
 * be too many, all are counted anew.
 */
final class Cap {
  /** Who waits for its turn to claim while all are counted claims with a time before that. */
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private @Nullable Counted last;

  private record Counted(Instant at, int number) {}

  /**
   * @param most as many as this are too many
   * @param now by the database's clock
   * @param claimedSince how many were claimed after a time; more than {@code most} need not be told
   */
  boolean full(int most, Instant now, Duration window, ToIntFunction<Instant> claimedSince) {
    Counted known = last;
    if (known != null
        && known.number() + claimedSince.applyAsInt(known.at().minus(OVERLAP)) < most) {
      return false;
    }
    int number = claimedSince.applyAsInt(now.minus(window));
    last = new Counted(now, number);
    return number >= most;
  }
}
