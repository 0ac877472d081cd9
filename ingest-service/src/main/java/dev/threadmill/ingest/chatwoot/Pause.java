package dev.threadmill.ingest.chatwoot;

import java.time.Duration;

/** Waits on behalf of one run, and notices when that run must stop. */
@FunctionalInterface
public interface Pause {
  /** Returns after the given time, or throws what stops the run. */
  void pause(Duration duration);

  /** Sleeps in slices, so that the check is asked at least once a second. */
  static Pause checking(Runnable check) {
    return duration -> {
      long end = System.nanoTime() + duration.toNanos();
      check.run();
      for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
        try {
          Thread.sleep(Duration.ofNanos(Math.min(left, 1_000_000_000L)));
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted while waiting for Chatwoot", stopped);
        }
        check.run();
      }
    };
  }
}
