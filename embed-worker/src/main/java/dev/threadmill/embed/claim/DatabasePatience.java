package dev.threadmill.embed.claim;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A paid answer is not thrown away because the database restarts: writing it is tried again. */
public final class DatabasePatience {
  private static final Logger log = LoggerFactory.getLogger(DatabasePatience.class);
  static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Clock clock;

  public DatabasePatience(Clock clock) {
    this.clock = clock;
  }

  /** Returns what the access returns, as soon as the database takes it; gives up after 2 min. */
  public <T> T write(Supplier<T> write) {
    Instant end = clock.instant().plus(PATIENCE);
    Duration pause = Duration.ofMillis(200);
    while (true) {
      try {
        return write.get();
      } catch (RuntimeException failed) {
        if (!DatabaseFailures.passes(failed) || clock.instant().isAfter(end)) {
          throw failed;
        }
        log.debug("writing to the database failed, trying again", failed);
      }
      pause(pause);
      pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : pause;
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while the database was away", stopped);
    }
  }
}
