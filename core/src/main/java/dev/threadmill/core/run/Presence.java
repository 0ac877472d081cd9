package dev.threadmill.core.run;

import dev.threadmill.core.database.DatabaseFailures;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Writes every few seconds that this process takes the runs of its jobs. */
final class Presence implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Presence.class);
  private static final Duration PAUSE = JobWorkers.SILENCE.dividedBy(3);

  private final JobWorkers workers;
  private final List<JobHandler> handlers;
  private final String worker;
  private volatile @Nullable Thread thread;

  Presence(JobWorkers workers, Collection<JobHandler> handlers, String worker) {
    this.workers = workers;
    this.handlers = List.copyOf(handlers);
    this.worker = worker;
  }

  @Override
  public void start() {
    Thread telling = Thread.ofVirtual().name("presence").unstarted(this::tell);
    thread = telling;
    telling.start();
  }

  @Override
  public void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
    try {
      workers.gone(worker);
    } catch (RuntimeException databaseAway) {
      log.debug("nobody was told that this process is gone", databaseAway);
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void tell() {
    try {
      while (isRunning()) {
        try {
          workers.seen(worker, handlers);
        } catch (RuntimeException failed) {
          if (!DatabaseFailures.passes(failed)) {
            log.warn("it could not be written that this process is there", failed);
          }
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
