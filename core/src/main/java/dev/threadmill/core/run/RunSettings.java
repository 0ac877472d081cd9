package dev.threadmill.core.run;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How this process works runs.
 *
 * @param worker this process's name in the run log
 * @param concurrentRuns how many runs this process works at once, at the most
 * @param lease after this long without a heartbeat another worker may take a run
 * @param heartbeat how often the lease is extended; at most a third of it
 * @param maxAttempts a run that failed this often is not tried again
 * @param timeLimit one attempt of a run is stopped after so long
 */
public record RunSettings(
    String worker,
    int concurrentRuns,
    Duration lease,
    Duration heartbeat,
    int maxAttempts,
    Duration timeLimit) {
  private static final Duration MAX_BACK_OFF = Duration.ofHours(1);
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(5);

  public RunSettings {
    if (heartbeat.multipliedBy(3).compareTo(lease) > 0) {
      throw new IllegalArgumentException(
          "three heartbeats must fit into the lease: " + heartbeat + ", " + lease);
    }
  }

  /** Exponential with jitter, from 5 s, capped at 1 h. */
  public Duration backOff(int attempt) {
    long ceiling =
        Math.min(
            MAX_BACK_OFF.toMillis(),
            FIRST_BACK_OFF.toMillis() << Math.min(20, Math.max(0, attempt - 1)));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
  }
}
