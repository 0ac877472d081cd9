package dev.threadmill.scheduler.sweep;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the sweeps, each on a thread of its own. A database that is away is said once for all of
 * them, and so is its return.
 */
@Component
final class Sweeps implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(10);

  private final List<Sweep> sweeps;
  private final AtomicBoolean databaseAway = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();
  private volatile CountDownLatch stopping = new CountDownLatch(0);

  Sweeps(List<Sweep> sweeps) {
    this.sweeps = sweeps;
  }

  @Override
  public synchronized void start() {
    var signal = new CountDownLatch(1);
    stopping = signal;
    for (Sweep sweep : sweeps) {
      threads.add(
          Thread.ofVirtual().name("sweep-" + sweep.name()).start(() -> repeat(sweep, signal)));
    }
  }

  /** Lets each sweep finish what it is doing: an interrupt would cut its database connection. */
  @Override
  public synchronized void stop() {
    stopping.countDown();
    long end = System.nanoTime() + SHUTDOWN_GRACE.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }

  @Override
  public boolean isRunning() {
    return stopping.getCount() > 0;
  }

  private void repeat(Sweep sweep, CountDownLatch signal) {
    boolean failing = false;
    try {
      Duration pause = Duration.ZERO;
      while (!signal.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          pause = sweep.sweep();
          failing = false;
          answered();
        } catch (RuntimeException failure) {
          pause = AFTER_FAILURE;
          report(sweep, failure, failing);
          failing = true;
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void answered() {
    if (databaseAway.compareAndSet(true, false)) {
      log.info("PostgreSQL answers again; ticks and sweeps go on");
    }
  }

  private void report(Sweep sweep, RuntimeException failure, boolean again) {
    if (DatabaseFailures.isAway(failure)) {
      if (databaseAway.compareAndSet(false, true)) {
        log.warn("PostgreSQL does not answer; ticks and sweeps wait for it");
      }
    } else if (DatabaseFailures.isConflict(failure)) {
      log.info("the sweep '{}' met another transaction and is tried again", sweep.name());
    } else if (!again) {
      log.error("the sweep '{}' failed and is tried each second", sweep.name(), failure);
    }
  }
}
