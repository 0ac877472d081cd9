package dev.threadmill.core.run;

import dev.threadmill.core.database.Together;
import dev.threadmill.core.run.RunStoppedException.Reason;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Extends the leases of the active runs, writes their progress, and tells them to stop when they
 * must.
 */
final class Heartbeats {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private final HeldRuns runs;
  private final RunSettings settings;
  private final Map<UUID, RunContext> active;
  private final Together<HeldRuns.Beat, Optional<HeldRuns.Heartbeat>> together;
  private final Set<RunContext> underWay = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread thread;

  Heartbeats(HeldRuns runs, RunSettings settings, Map<UUID, RunContext> active) {
    this.runs = runs;
    this.settings = settings;
    this.active = active;
    this.together =
        new Together<>("heartbeats", beats -> runs.heartbeatUnlocked(beats, settings.lease()));
  }

  void start() {
    // Known before it runs: it ends when it does not find itself here.
    Thread beating = Thread.ofVirtual().name("heartbeats").unstarted(this::beatForEver);
    thread = beating;
    beating.start();
  }

  void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
  }

  private void beatForEver() {
    try {
      while (thread != null) {
        Thread.sleep(settings.heartbeat());
        active.values().forEach(this::beatAside);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Each on a thread of its own: one that waits for its row must not cost the others their lease.
   */
  private void beatAside(RunContext context) {
    if (underWay.add(context)) {
      Thread.ofVirtual()
          .name("heartbeat-" + context.run().id())
          .start(
              () -> {
                try {
                  beat(context);
                } finally {
                  underWay.remove(context);
                }
              });
    }
  }

  private void beat(RunContext context) {
    UUID id = context.run().id();
    if (context.age().compareTo(settings.timeLimit()) > 0) {
      context.stop(Reason.TIME_LIMIT);
      if (context.age().compareTo(settings.timeLimit().plus(settings.lease())) > 0) {
        // It does not come to a checkpoint. Without heartbeats its lease runs out and others go on.
        context.stop(Reason.LEASE_LOST);
        return;
      }
    }
    long now = System.nanoTime();
    RunContext.Progress progress = context.progress();
    try {
      switch (heartbeat(context.run(), progress)) {
        case MINE -> {
          context.written(progress);
          context.beaten(now);
        }
        case CANCEL_REQUESTED -> {
          context.written(progress);
          context.beaten(now);
          context.stop(Reason.CANCELLED);
        }
        case LEASE_LOST -> {
          // A run that finished in this moment has no lease either, and no longer listens.
          context.stop(Reason.LEASE_LOST);
        }
      }
    } catch (RuntimeException databaseAway) {
      log.debug("heartbeat of run {} failed", id, databaseAway);
      if (now - context.lastBeat() > settings.lease().toNanos()) {
        context.stop(Reason.LEASE_LOST);
      }
    }
  }

  private HeldRuns.Heartbeat heartbeat(ClaimedRun run, RunContext.Progress progress) {
    return together
        .ask(new HeldRuns.Beat(run, progress))
        .orElseGet(() -> runs.heartbeat(run, progress, settings.lease()));
  }
}
