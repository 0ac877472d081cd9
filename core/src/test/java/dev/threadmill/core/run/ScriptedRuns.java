package dev.threadmill.core.run;

import static org.awaitility.Awaitility.await;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.trace.Traces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** An executor of syncs whose handler does what a test scripts. */
abstract class ScriptedRuns extends RealServers {
  /** A handler as a test needs it. */
  interface Script {
    Outcome run(RunContext context) throws Exception;
  }

  static final RunSettings SETTINGS =
      new RunSettings(
          "tester", 2, Duration.ofSeconds(3), Duration.ofMillis(100), 2, Duration.ofHours(1));

  @Autowired RunLog log;
  @Autowired TransactionTemplate transaction;
  @Autowired private HeldRuns held;
  @Autowired private EventSender sender;
  @Autowired private RunMeters meters;

  UUID project;
  RunExecutor executor;
  volatile Script script = context -> Outcome.done(0, Map.of());
  private RunClaims claims;
  private RunSettings settings = SETTINGS;

  @BeforeEach
  void start() {
    project = newProject();
    claims = new RunClaims(log, RunLimits.NONE, settings, jdbc, transaction);
    executor = executor();
    executor.start();
  }

  void restart(RunLimits limits, Duration timeLimit) {
    executor.stop();
    settings =
        new RunSettings("tester", 2, Duration.ofSeconds(3), Duration.ofMillis(100), 2, timeLimit);
    claims = new RunClaims(log, limits, settings, jdbc, transaction);
    executor = executor();
    executor.start();
  }

  @AfterEach
  void stop() {
    executor.stop();
  }

  static Outcome untilStopped(RunContext context, long processed) throws Exception {
    return untilStopped(context, processed, Map.of());
  }

  static Outcome untilStopped(RunContext context, long processed, Map<String, ?> details)
      throws Exception {
    context.progress(processed, details);
    var never = new CountDownLatch(1);
    while (!never.await(10, TimeUnit.MILLISECONDS)) {
      context.checkpoint();
    }
    return Outcome.done(0, Map.of());
  }

  RunExecutor executor() {
    JobHandler handler =
        new JobHandler() {
          @Override
          public JobType jobType() {
            return JobType.CHATWOOT_SYNC;
          }

          @Override
          public Outcome run(RunContext context) throws Exception {
            return script.run(context);
          }
        };
    var conclusion = new RunConclusion(held, sender, meters, settings, Clock.systemUTC());
    return new RunExecutor(List.of(handler), held, claims, conclusion, settings, Traces.none());
  }

  UUID offer() {
    return offer(project);
  }

  UUID offer(UUID ofProject) {
    UUID run = request(ofProject);
    executor.offer(requested(run));
    return run;
  }

  UUID request(UUID ofProject) {
    return log.request(
            new RunRequest(ofProject, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()))
        .runId();
  }

  JobRequested requested(UUID run) {
    UUID owner = of(run, "project_id", UUID.class);
    return new JobRequested(UUID.randomUUID(), Instant.now(), owner, run, JobType.CHATWOOT_SYNC, 0);
  }

  RunStatus status(UUID run) {
    return RunStatus.of(of(run, "status", String.class));
  }

  void awaitStatus(UUID run, RunStatus wanted) {
    await().ignoreExceptions().until(() -> status(run) == wanted);
  }
}
