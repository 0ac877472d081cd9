package dev.threadmill.core.run;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.database.Together;
import dev.threadmill.core.event.JobFinished;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.run.RunStoppedException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what became of a run, says it in the log, and sends {@code job.finished}. */
final class RunConclusion {
  private static final Logger log = LoggerFactory.getLogger(RunConclusion.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final HeldRuns runs;
  private final Together<HeldRuns.Ending, Optional<HeldRuns.Ended>> together;
  private final EventSender sender;
  private final RunMeters meters;
  private final RunSettings settings;
  private final Clock clock;

  RunConclusion(
      HeldRuns runs, EventSender sender, RunMeters meters, RunSettings settings, Clock clock) {
    this.runs = runs;
    this.together = new Together<>("run-ends", runs::finishUnlocked);
    this.sender = sender;
    this.meters = meters;
    this.settings = settings;
    this.clock = clock;
  }

  void conclude(RunContext context, Outcome outcome) {
    switch (outcome) {
      case Outcome.Done done ->
          finish(
              context,
              new RunEnd(
                  done.partial() ? RunStatus.PARTIAL : RunStatus.OK,
                  new RunContext.Progress(
                      done.processed(), context.progress().details(), context.progress().lines()),
                  done.result(),
                  null,
                  null,
                  null,
                  Cascade.after(context.run().jobType(), done.result())));
      case Outcome.GiveUp giveUp ->
          fail(context, giveUp.errorClass(), giveUp.why(), giveUp.result(), giveUp.after());
      case Outcome.RetryLater later -> {
        if (context.run().attempt() >= settings.maxAttempts()) {
          fail(context, later.errorClass(), later.why(), later.result(), later.after());
        } else {
          requeue(
              context,
              new HeldRuns.Pause(
                  context.progress(),
                  later.after(),
                  true,
                  later.errorClass(),
                  later.why(),
                  Cascade.after(context.run().jobType(), later.result())));
        }
      }
    }
  }

  void stopped(RunContext context, Reason reason) {
    switch (reason) {
      case CANCELLED -> finish(context, cancelled(context));
      case TIME_LIMIT ->
          fail(
              context,
              "time_limit",
              "stopped after %d s, as long as a run may take (RUN_TIME_LIMIT_SECONDS); what it did stays, the next run goes on"
                  .formatted(settings.timeLimit().toSeconds()),
              // It could report no result; what it did up to now is what it told of its progress.
              context.progress().details(),
              null);
      case SHUTDOWN ->
          requeue(
              context,
              new HeldRuns.Pause(
                  context.progress(),
                  Duration.ZERO,
                  false,
                  "shutdown",
                  "the worker was stopped; the run goes on elsewhere",
                  Cascade.after(context.run().jobType(), context.progress().details())));
      case LEASE_LOST ->
          log.info("run {} has lost its lease; nothing more of it is written", context.run().id());
    }
  }

  private static RunEnd cancelled(RunContext context) {
    return new RunEnd(
        RunStatus.CANCELLED,
        context.progress(),
        Map.of(),
        "cancelled",
        "cancelled on request",
        null,
        Set.of());
  }

  /** What it changed before it failed is changed all the same. */
  private void fail(
      RunContext context,
      String errorClass,
      String why,
      Map<String, ?> result,
      @Nullable Duration retryAfter) {
    finish(
        context,
        new RunEnd(
            RunStatus.FAILED,
            context.progress(),
            result,
            errorClass,
            why,
            retryAfter,
            Cascade.after(context.run().jobType(), result)));
  }

  private void finish(RunContext context, RunEnd end) {
    ClaimedRun run = context.run();
    var ending = new HeldRuns.Ending(run, end);
    // What queues other runs goes alone, for it holds its own row meanwhile; and so does what
    // others
    // went on without.
    patiently(
            () ->
                (end.cascade().isEmpty() ? together.ask(ending) : Optional.<HeldRuns.Ended>empty())
                    .or(() -> runs.finish(run, end)))
        .ifPresentOrElse(ended -> finished(run, end, ended), () -> takenOver(run));
  }

  private void requeue(RunContext context, HeldRuns.Pause pause) {
    ClaimedRun run = context.run();
    patiently(() -> runs.requeue(run, pause))
        .ifPresentOrElse(ended -> requeued(run, pause, ended), () -> takenOver(run));
  }

  private void requeued(ClaimedRun run, HeldRuns.Pause pause, HeldRuns.Ended ended) {
    String job = run.jobType().wireName();
    if (ended.status() == RunStatus.CANCELLED) {
      log.info("run {} of {} is cancelled on request", run.id(), job);
      meters.ended(run.jobType(), run.trigger(), RunStatus.CANCELLED, ended.duration());
      tell(run, RunStatus.CANCELLED, Map.of(), ended.duration());
    } else {
      meters.retried(run.jobType());
      long seconds = pause.after().toSeconds();
      log.warn(
          "run {} of {} goes back to the queue, due in {} s: {}",
          run.id(),
          job,
          seconds,
          pause.error());
    }
    start(ended.cascaded());
  }

  private void finished(ClaimedRun run, RunEnd end, HeldRuns.Ended ended) {
    String job = run.jobType().wireName();
    String status = end.status().wireName();
    meters.ended(run.jobType(), run.trigger(), end.status(), ended.duration());
    if (end.error() == null) {
      log.info(
          "run {} of {} is {}, {} processed in {} ms",
          run.id(),
          job,
          status,
          end.progress().processed(),
          ended.duration().toMillis());
    } else {
      log.warn("run {} of {} is {}: {}", run.id(), job, status, end.error());
    }
    tell(run, end.status(), end.result(), ended.duration());
    start(ended.cascaded());
  }

  /**
   * One event each and no look back at the broker's answer: what it does not take, the announcer
   * finds.
   */
  private void start(List<QueuedRun> cascaded) {
    cascaded.forEach(this::start);
  }

  private void start(QueuedRun cascaded) {
    var unused =
        sender.send(
            new JobRequested(
                UUID.randomUUID(),
                clock.instant(),
                cascaded.projectId(),
                cascaded.id(),
                cascaded.jobType(),
                cascaded.attempt()));
  }

  private void tell(ClaimedRun run, RunStatus status, Map<String, ?> result, Duration duration) {
    var unused =
        sender.send(
            new JobFinished(
                UUID.randomUUID(),
                clock.instant(),
                run.projectId(),
                run.id(),
                run.jobType(),
                status,
                counters(result),
                Math.max(0, duration.toMillis())));
  }

  private static void takenOver(ClaimedRun run) {
    log.info("run {} was taken over by another worker; its end is not written", run.id());
  }

  /** A database that is away for less than the lease must not cost the work of a whole run. */
  private <T> T patiently(Supplier<T> write) {
    long end = System.nanoTime() + settings.lease().toNanos();
    while (true) {
      try {
        return write.get();
      } catch (RuntimeException failed) {
        if (!DatabaseFailures.passes(failed) || System.nanoTime() > end) {
          throw failed;
        }
        pause(failed);
      }
    }
  }

  private static void pause(RuntimeException failed) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw failed;
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
}
