package dev.threadmill.ingest.hint;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Offers the hints that no event brought, that failed, or that a dead process left. */
@Component
class HintSweep implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(HintSweep.class);
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final HintReader reader;
  private volatile @Nullable Thread thread;

  HintSweep(HintReader reader) {
    this.reader = reader;
  }

  private void sweepForEver() {
    try {
      while (isRunning()) {
        // Replicas must not sweep in step.
        long millis = EVERY.toMillis();
        Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis * 3 / 2));
        sweep();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void sweep() {
    try {
      reader.offerWhatIsDue();
    } catch (RuntimeException failed) {
      if (!DatabaseFailures.passes(failed)) {
        log.error("the sweep over hints failed", failed);
      }
    }
  }

  @Override
  public void start() {
    // Assigned before it starts, for it ends when it finds no thread there.
    Thread sweeping = Thread.ofVirtual().name("hint-sweep").unstarted(this::sweepForEver);
    thread = sweeping;
    sweeping.start();
  }

  @Override
  public void stop() {
    Thread sweeping = thread;
    thread = null;
    if (sweeping != null) {
      sweeping.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
