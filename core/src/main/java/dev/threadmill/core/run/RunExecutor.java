package dev.threadmill.core.run;

import dev.threadmill.core.event.JobFinished;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.run.RunStoppedException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Claims runs of this service's jobs and works them, each on a thread of its own and outside
 * Kafka's poll loop. The lease is extended by {@link Heartbeats}; each write carries the fence of
 * the claim, so a worker that was frozen past its lease can't overwrite its successor.
 */
public final class RunExecutor implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(RunExecutor.class);
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(15);

  private final Map<JobType, JobHandler> handlers;
  private final RunLog runLog;
  private final Heartbeats heartbeats;
  private final EventSender sender;
  private final RunSettings settings;
  private final Clock clock;
  private final Semaphore permits;
  private final Map<UUID, RunContext> active = new ConcurrentHashMap<>();
  private volatile boolean running;

  RunExecutor(
      Collection<JobHandler> handlers,
      RunLog runLog,
      EventSender sender,
      RunSettings settings,
      Clock clock) {
    this.handlers =
        handlers.stream().collect(Collectors.toMap(JobHandler::jobType, Function.identity()));
    this.runLog = runLog;
    this.heartbeats = new Heartbeats(runLog, settings, active);
    this.sender = sender;
    this.settings = settings;
    this.clock = clock;
    this.permits = new Semaphore(settings.concurrentRuns());
  }

  /**
   * Takes note of a queued run and returns at once; does nothing when its job belongs to another
   * service.
   */
  public void offer(JobRequested requested) {
    JobHandler handler = handlers.get(requested.jobType());
    if (handler == null || !running) {
      return;
    }
    Thread.ofVirtual()
        .name("run-" + requested.runId())
        .start(() -> workWhenFree(requested.runId(), handler));
  }

  private void workWhenFree(UUID runId, JobHandler handler) {
    try {
      permits.acquire();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      if (running) {
        runLog
            .claim(runId, settings.worker(), settings.lease())
            .ifPresent(run -> work(run, handler));
      }
    } catch (RuntimeException failed) {
      // The run stays as it is; its lease, or the sweep over queued runs, brings it back.
      log.error("run {} could not be claimed or finished", runId, failed);
    } finally {
      permits.release();
    }
  }

  private void work(ClaimedRun run, JobHandler handler) {
    var context = new RunContext(run);
    active.put(run.id(), context);
    log.info("run {} of {} starts, attempt {}", run.id(), run.jobType().wireName(), run.attempt());
    try {
      conclude(context, handler.run(context));
    } catch (RunStoppedException stopped) {
      stopped(context, stopped.reason());
    } catch (Exception unforeseen) {
      log.error("run {} of {} failed unexpectedly", run.id(), run.jobType().wireName(), unforeseen);
      String why =
          "an unexpected error (%s); the service's log has it under run %s"
              .formatted(unforeseen.getClass().getSimpleName(), run.id());
      conclude(context, Outcome.retryLater(settings.backOff(run.attempt()), "unexpected", why));
    } finally {
      active.remove(run.id());
    }
  }

  private void conclude(RunContext context, Outcome outcome) {
    switch (outcome) {
      case Outcome.Done done ->
          finish(
              context,
              new RunEnd(
                  done.partial() ? RunStatus.PARTIAL : RunStatus.OK,
                  done.processed(),
                  context.progress().details(),
                  done.result(),
                  null,
                  null));
      case Outcome.GiveUp giveUp ->
          fail(context, giveUp.errorClass(), giveUp.why(), giveUp.result());
      case Outcome.RetryLater later -> {
        if (context.run().attempt() >= settings.maxAttempts()) {
          fail(context, later.errorClass(), later.why(), later.result());
        } else {
          requeue(context, later.after(), true, later.errorClass(), later.why());
        }
      }
    }
  }

  private void stopped(RunContext context, Reason reason) {
    switch (reason) {
      case CANCELLED ->
          finish(
              context,
              new RunEnd(
                  RunStatus.CANCELLED,
                  context.progress().processed(),
                  context.progress().details(),
                  Map.of(),
                  "cancelled",
                  "cancelled on request"));
      case SHUTDOWN ->
          requeue(
              context,
              Duration.ZERO,
              false,
              "shutdown",
              "the worker was stopped; the run goes on elsewhere");
      case LEASE_LOST ->
          log.info("run {} was taken over by another worker; nothing more is written", id(context));
    }
  }

  private void fail(RunContext context, String errorClass, String why, Map<String, ?> result) {
    var progress = context.progress();
    finish(
        context,
        new RunEnd(
            RunStatus.FAILED, progress.processed(), progress.details(), result, errorClass, why));
  }

  private void finish(RunContext context, RunEnd end) {
    ClaimedRun run = context.run();
    if (!runLog.finish(run, end)) {
      log.info("run {} was taken over by another worker; its end is not written", run.id());
      return;
    }
    Duration duration = Duration.between(run.startedAt(), clock.instant());
    if (end.error() == null) {
      log.info(
          "run {} of {} is {}, {} processed",
          run.id(),
          run.jobType().wireName(),
          end.status(),
          end.processed());
    } else {
      log.warn(
          "run {} of {} is {}: {}", run.id(), run.jobType().wireName(), end.status(), end.error());
    }
    sender.send(
        new JobFinished(
            UUID.randomUUID(),
            clock.instant(),
            run.projectId(),
            run.id(),
            run.jobType(),
            end.status(),
            counters(end.result()),
            Math.max(0, duration.toMillis())));
  }

  private void requeue(
      RunContext context, Duration after, boolean charged, String errorClass, String why) {
    if (runLog.requeue(context.run(), after, charged, errorClass, why)) {
      log.warn(
          "run {} goes back to the queue, due in {} s: {}", id(context), after.toSeconds(), why);
    }
  }

  private static Map<String, Long> counters(Map<String, ?> result) {
    Map<String, Long> counters = new HashMap<>();
    result.forEach(
        (name, value) -> {
          if (value instanceof Integer || value instanceof Long) {
            counters.put(name, ((Number) value).longValue());
          }
        });
    return counters;
  }

  private static UUID id(RunContext context) {
    return context.run().id();
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

  @Override
  public boolean isRunning() {
    return running;
  }
}
