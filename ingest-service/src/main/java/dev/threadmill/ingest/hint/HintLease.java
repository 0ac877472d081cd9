package dev.threadmill.ingest.hint;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Keeps a hint for who reads it, however long that takes; used by one thread. */
final class HintLease {
  /** Should this process die, the hint is due again after that. */
  static final Duration LENGTH = Duration.ofMinutes(5);

  private static final Duration EXTEND_AFTER = Duration.ofMinutes(1);

  private final HintTable hints;
  private final Hint hint;
  private final InstantSource clock;
  private Instant extended;

  HintLease(HintTable hints, Hint hint, InstantSource clock) {
    this.hints = hints;
    this.hint = hint;
    this.clock = clock;
    this.extended = clock.instant();
  }

  /** To be called often; does something once a minute. */
  void keep() {
    Instant now = clock.instant();
    if (now.isBefore(extended.plus(EXTEND_AFTER))) {
      return;
    }
    extended = now;
    try {
      hints.extend(hint, LENGTH);
    } catch (RuntimeException failed) {
      // There are minutes left, and some tries more.
      if (!DatabaseFailures.passes(failed)) {
        throw failed;
      }
    }
  }
}
