package dev.threadmill.ingest.sync;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ChatwootClient;
import dev.threadmill.ingest.chatwoot.Pause;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * One source within one run, or within the reading of one hint.
 *
 * @param mayGoOn throws what ends the run where it must not go on
 * @param concurrency how many conversations are read at the same time
 */
record SourceRun(
    Source source, ChatwootClient client, SyncCounts counts, Runnable mayGoOn, int concurrency) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  void checkpoint() {
    mayGoOn.run();
  }

  /**
   * Repeats a step while the database is away for a moment, so that cut connections do not cost the
   * run. The step must be safe to repeat.
   */
  <T> T patiently(Supplier<T> step) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      checkpoint();
      try {
        return step.get();
      } catch (RuntimeException failed) {
        if (!DatabaseFailures.passes(failed) || System.nanoTime() > end) {
          throw failed;
        }
        Pause.checking(mayGoOn).pause(PAUSE);
      }
    }
  }

  void patiently(Runnable step) {
    patiently(
        () -> {
          step.run();
          return true;
        });
  }
}
