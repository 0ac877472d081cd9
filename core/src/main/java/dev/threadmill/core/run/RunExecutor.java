package dev.threadmill.core.run;

import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RunStoppedException.Reason;
import dev.threadmill.core.trace.Traces;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;

/**
 * Claims runs of this service's jobs and works them, each on a thread of its own and outside
 * Kafka's poll loop. The lease is extended by {@link Heartbeats}; each write carries the fence of
 * the claim, so a worker that was frozen past its lease can't overwrite its successor.
 */
public final class RunExecutor implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(RunExecutor.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(8);
  // With ten seconds for a service's sweeps and ten for its listeners, which stop before, less than
  // the half minute in which a service ends.
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(8);

  private final Map<JobType, JobHandler> handlers;
  private final RunClaims claims;
  private final Heartbeats heartbeats;
  private final RunConclusion conclusion;
  private final RunSettings settings;
  private final Traces traces;
  private final Semaphore permits;
  private final Semaphore freed = new Semaphore(0);
  private final AtomicInteger heldBack = new AtomicInteger();
  private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();
  private final Map<UUID, RunContext> active = new ConcurrentHashMap<>();
  private volatile boolean running;

  RunExecutor(
      Collection<JobHandler> handlers,
      HeldRuns held,
      RunClaims claims,
      RunConclusion conclusion,
      RunSettings settings,
      Traces traces) {
    this.handlers =
        handlers.stream().collect(Collectors.toMap(JobHandler::jobType, Function.identity()));
    this.claims = claims;
    this.heartbeats = new Heartbeats(held, settings, active);
    this.conclusion = conclusion;
    this.settings = settings;
    this.traces = traces;
    // Fair: runs are worked in the order in which they were announced.
    this.permits = new Semaphore(settings.concurrentRuns(), true);
  }

  /**
   * Takes note of a queued run and returns at once; does nothing when its job belongs to another
   * service.
   */
  public void offer(JobRequested requested) {
    JobHandler handler = handlers.get(requested.jobType());
    // A run that waits long for its turn is announced again and again.
    if (handler == null || !running || !handler.takesRuns() || !waiting.add(requested.runId())) {
      return;
    }
    Thread.ofVirtual()
        .name("run-" + requested.runId())
        .start(
            () -> {
              try {
                workWithinLimits(requested, handler);
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              } finally {
                waiting.remove(requested.runId());
              }
            });
  }

  /**
   * What a limit holds back tries again, ever more seldom; then the announcer brings it back. While
   * it waits it takes nobody's place.
   */
  private void workWithinLimits(JobRequested requested, JobHandler handler)
      throws InterruptedException {
    for (Duration pause = FIRST_PAUSE; running; pause = pause.multipliedBy(2)) {
      if (!workWhenFree(requested, handler) || pause.compareTo(LAST_PAUSE) > 0) {
        return;
      }
      heldBack.incrementAndGet();
      try {
        // Earlier when a run ends here; for those that end elsewhere, the time has to do.
        var unused = freed.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
      } finally {
        heldBack.decrementAndGet();
      }
    }
  }

  /**
   * @return whether a limit holds the run back
   */
  private boolean workWhenFree(JobRequested requested, JobHandler handler)
      throws InterruptedException {
    UUID runId = requested.runId();
    permits.acquire();
    var place = new Place();
    try {
      if (running) {
        RunClaims.Claim claim = claims.claim(runId, requested.projectId(), requested.jobType());
        claim.run().ifPresent(run -> traced(run, handler, place));
        return claim.heldBy() != null;
      }
    } catch (RuntimeException failed) {
      // The run stays as it is; its lease, or the sweep over queued runs, brings it back.
      log.error("run {} could not be claimed or finished", runId, failed);
    } finally {
      place.leave();
    }
    return false;
  }

  /** One of those that work at once. */
  private final class Place {
    private boolean taken = true;

    void leave() {
      if (taken) {
        taken = false;
        permits.release();
      }
    }
  }

  /** As a part of what asked for it, and with its ids in each line of the log. */
  private void traced(ClaimedRun run, JobHandler handler, Place place) {
    String id = run.id().toString();
    String project = run.projectId().toString();
    try (var runInLog = MDC.putCloseable("run_id", id);
        var projectInLog = MDC.putCloseable("project_id", project);
        var part = traces.begin("run " + run.jobType().wireName(), run.traceparent())) {
      part.with("threadmill.run_id", id).with("threadmill.project_id", project);
      work(run, handler, place);
    }
  }

  private void work(ClaimedRun run, JobHandler handler, Place place) {
    var context = new RunContext(run);
    // An announcement that comes while the run is worked, and put back, must not get lost.
    waiting.remove(run.id());
    RunContext before = active.put(run.id(), context);
    if (before != null) {
      // This attempt could only be claimed because the one before, in this process, lost its lease.
      before.stop(Reason.LEASE_LOST);
    }
    if (!running) {
      // Claimed while the service stopped: stop() may have looked before this run was there.
      context.stop(Reason.SHUTDOWN);
    }
    log.info("run {} of {} starts, attempt {}", run.id(), run.jobType().wireName(), run.attempt());
    try {
      conclude(context, handler, place);
    } finally {
      active.remove(run.id(), context);
      if (heldBack.get() > 0) {
        freed.release();
      }
    }
  }

  private void conclude(RunContext context, JobHandler handler, Place place) {
    Outcome outcome;
    try {
      outcome = handler.run(context);
    } catch (RunStoppedException stopped) {
      place.leave();
      conclusion.stopped(context, stopped.reason());
      return;
    } catch (Throwable unforeseen) {
      // Errors too: a run whose thread dies without a word would only be found by its lease.
      outcome = unforeseen(context, unforeseen);
    }
    // The next one works while this one's end is written, and those that end meanwhile end
    // together.
    place.leave();
    conclusion.conclude(context, outcome);
  }

  private Outcome unforeseen(RunContext context, Throwable failure) {
    ClaimedRun run = context.run();
    log.error("run {} of {} failed unexpectedly", run.id(), run.jobType().wireName(), failure);
    return new Outcome.RetryLater(
        settings.backOff(run.attempt()),
        "unexpected",
        "an unexpected error (%s); the service's log has it under run %s"
            .formatted(failure.getClass().getSimpleName(), run.id()),
        // What it did before is done all the same.
        context.progress().details());
  }

  @Override
  public void start() {
    running = true;
    heartbeats.start();
  }

  /**
   * Asks the handlers to stop, gives them time to reach a checkpoint, and hands their runs back.
   */
  @Override
  public void stop() {
    running = false;
    active.values().forEach(context -> context.stop(Reason.SHUTDOWN));
    long end = System.nanoTime() + SHUTDOWN_GRACE.toNanos();
    try {
      while (!active.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(50);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    heartbeats.stop();
  }

  /** Ready before the listeners start, and still there when the last of them has stopped. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 200;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
