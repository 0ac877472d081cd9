package dev.threadmill.localstack.process;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits until a child process is ready. */
public final class Waiting {

  private static final Duration PAUSE = Duration.ofMillis(50);

  private Waiting() {}

  /**
   * Returns when the process is ready.
   *
   * @throws IllegalStateException with the end of its log, when it ended or was not ready in time
   * @throws CancellationException when this thread was interrupted
   */
  public static void until(LeashedProcess process, Duration limit, BooleanSupplier ready) {
    long end = System.nanoTime() + limit.toNanos();
    while (!ready.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new IllegalStateException(
            "%s ended with status %d. The end of %s:%n%s"
                .formatted(
                    process.name(),
                    process.exited().join(),
                    process.log(),
                    LogTail.of(process.log(), 20)));
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the start of %s was given up".formatted(process.name()));
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "%s was not ready after %d s. The end of %s:%n%s"
                .formatted(
                    process.name(),
                    limit.toSeconds(),
                    process.log(),
                    LogTail.of(process.log(), 20)));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
