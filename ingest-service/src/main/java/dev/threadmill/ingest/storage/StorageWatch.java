package dev.threadmill.ingest.storage;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Measures the storage at the start and every ten minutes: the metrics of a process that runs no
 * sync would else say for ever what they said first.
 */
@Component
class StorageWatch implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(StorageWatch.class);

  private final StorageBudget budget;
  private final Duration every;
  private volatile @Nullable Thread thread;

  @Autowired
  StorageWatch(StorageBudget budget) {
    this(budget, Duration.ofMinutes(10));
  }

  StorageWatch(StorageBudget budget, Duration every) {
    this.budget = budget;
    this.every = every;
  }

  private void measureForEver() {
    try {
      while (isRunning()) {
        measure();
        Thread.sleep(every);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure() {
    try {
      budget.measure();
    } catch (RuntimeException failed) {
      if (!DatabaseFailures.passes(failed)) {
        log.error("the storage could not be measured", failed);
      }
    }
  }

  @Override
  public void start() {
    // Assigned before it starts, for it ends when it finds no thread there.
    Thread measuring = Thread.ofVirtual().name("storage-watch").unstarted(this::measureForEver);
    thread = measuring;
    measuring.start();
  }

  @Override
  public void stop() {
    Thread measuring = thread;
    thread = null;
    if (measuring != null) {
      measuring.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
