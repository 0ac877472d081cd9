package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class RunExecutorIT extends RealServers {
  /** A handler as a test needs it. */
  private interface Script {
    Outcome run(RunContext context) throws Exception;
  }

  private static final RunSettings SETTINGS =
      new RunSettings(
          "tester", 2, Duration.ofSeconds(3), Duration.ofMillis(100), 2, Duration.ofHours(1));

  @Autowired private RunLog log;
  @Autowired private HeldRuns held;
  @Autowired private TransactionTemplate transaction;
  @Autowired private RunRequests requests;
  @Autowired private EventSender sender;
  @Autowired private RunMeters meters;

  private UUID project;
  private RunExecutor executor;
  private RunClaims claims;
  private RunSettings settings = SETTINGS;
  private volatile Script script = context -> Outcome.done(0, Map.of());

  @BeforeEach
  void start() {
    project = newProject();
    claims = new RunClaims(log, RunLimits.NONE, settings, jdbc, transaction);
    executor = executor();
    executor.start();
  }

  private void restart(RunLimits limits, Duration timeLimit) {
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

  @Test
  void an_event_starts_the_run_and_the_row_tells_its_end() {
    UUID run =
        requests
            .request(
                new RunRequest(project, JobType.HEALTH_SCORING, RunTrigger.MANUAL, "Ada", Map.of()))
            .runId();

    await().atMost(Duration.ofSeconds(30)).until(() -> status(run) == RunStatus.OK);
    assertThat(of(run, "processed_count", Long.class)).isEqualTo(7);
    assertThat(of(run, "result ->> 'scored'", String.class)).isEqualTo("7");
    assertThat(of(run, "worker", String.class)).startsWith("core-test@");
  }

  @Test
  void partial_work_says_so() {
    script = context -> Outcome.partial(5, Map.of("left", 2));

    UUID run = offer();

    awaitStatus(run, RunStatus.PARTIAL);
    assertThat(of(run, "result ->> 'left'", String.class)).isEqualTo("2");
  }

  @Test
  void a_run_that_gives_up_is_failed_with_its_sentence() {
    script = context -> Outcome.giveUp("unauthorized", "the token is refused; set another");

    UUID run = offer();

    awaitStatus(run, RunStatus.FAILED);
    assertThat(of(run, "error_class", String.class)).isEqualTo("unauthorized");
    assertThat(of(run, "error", String.class)).isEqualTo("the token is refused; set another");
  }

  @Test
  void a_run_that_gives_up_says_how_long_its_successors_should_wait() {
    script =
        context ->
            new Outcome.GiveUp("server_error", "back later", Map.of(), Duration.ofMinutes(7));

    UUID run = offer();

    awaitStatus(run, RunStatus.FAILED);
    assertThat(of(run, "retry_at > now() + interval '6 min'", Boolean.class)).isTrue();
  }

  @Test
  void a_retry_waits_as_long_as_the_handler_says_and_fails_after_the_last_attempt() {
    script =
        context -> Outcome.retryLater(Duration.ofMinutes(7), "rate_limited", "asked to slow down");
    UUID run = offer();
    await().until(() -> "rate_limited".equals(of(run, "coalesce(error_class, '')", String.class)));
    assertThat(status(run)).isEqualTo(RunStatus.QUEUED);
    assertThat(of(run, "due_at > now() + interval '6 min'", Boolean.class)).isTrue();

    jdbc.sql("update job_runs set due_at = now() where id = :id").param("id", run).update();
    executor.offer(requested(run));

    awaitStatus(run, RunStatus.FAILED);
    assertThat(of(run, "attempt", Integer.class)).isEqualTo(2);
  }

  @Test
  void what_nobody_foresaw_is_tried_again_without_quoting_it() {
    script =
        context -> {
          throw new IllegalStateException("a customer's words");
        };

    UUID run = offer();

    await().until(() -> "unexpected".equals(of(run, "coalesce(error_class, '')", String.class)));
    assertThat(status(run)).isEqualTo(RunStatus.QUEUED);
    assertThat(of(run, "due_at > now()", Boolean.class)).isTrue();
    assertThat(of(run, "error", String.class))
        .contains("IllegalStateException", run.toString())
        .doesNotContain("customer");
  }

  @Test
  void an_error_of_the_machine_does_not_leave_the_run_lying() {
    script =
        context -> {
          throw new NoClassDefFoundError("gone");
        };

    UUID run = offer();

    await().until(() -> "unexpected".equals(of(run, "coalesce(error_class, '')", String.class)));
  }

  @Test
  void a_cancelled_run_stops_at_its_next_checkpoint_and_keeps_what_it_did() {
    script = context -> untilStopped(context, 4);
    UUID run = offer();
    awaitStatus(run, RunStatus.RUNNING);

    assertThat(log.cancel(project, run, "Ada")).contains(RunStatus.RUNNING);

    awaitStatus(run, RunStatus.CANCELLED);
    assertThat(of(run, "processed_count", Long.class)).isEqualTo(4);
  }

  @Test
  void progress_is_visible_while_the_run_works_and_its_lease_lasts() throws Exception {
    var finish = new CountDownLatch(1);
    script =
        context -> {
          context.progress(3, Map.of("pages", 1));
          finish.await();
          return Outcome.done(9, Map.of());
        };
    UUID run = offer();
    awaitStatus(run, RunStatus.RUNNING);
    OffsetDateTime lease = of(run, "lease_until", OffsetDateTime.class);

    await().until(() -> of(run, "processed_count", Long.class) == 3);
    await().until(() -> of(run, "lease_until", OffsetDateTime.class).isAfter(lease));

    finish.countDown();
    awaitStatus(run, RunStatus.OK);
    assertThat(of(run, "progress ->> 'pages'", String.class)).isEqualTo("1");
  }

  @Test
  void a_shutdown_hands_the_run_back_without_charging_the_attempt() {
    script = context -> untilStopped(context, 1);
    UUID run = offer();
    awaitStatus(run, RunStatus.RUNNING);

    executor.stop();

    assertThat(status(run)).isEqualTo(RunStatus.QUEUED);
    assertThat(of(run, "attempt", Integer.class)).isZero();
    assertThat(of(run, "due_at <= now()", Boolean.class)).isTrue();
  }

  @Test
  void a_run_that_is_claimed_while_the_service_stops_is_handed_back() {
    script = context -> untilStopped(context, 1);
    UUID run = request(project);
    transaction.executeWithoutResult(
        locked -> {
          jdbc.sql("select id from job_runs where id = :id for update")
              .param("id", run)
              .query(UUID.class)
              .single();
          executor.offer(requested(run));
          await().pollInSameThread().until(this::somebodyWaitsForThisTransaction);
          executor.stop();
        });

    await().until(() -> of(run, "fence > 0 and status = 'queued'", Boolean.class));
    assertThat(of(run, "attempt", Integer.class)).isZero();
  }

  private boolean somebodyWaitsForThisTransaction() {
    return jdbc.sql(
            """
            select exists (
              select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid)))
            """)
        .query(Boolean.class)
        .single();
  }

  @Test
  void a_run_that_lost_its_lease_stops_and_writes_nothing() {
    var stopped = new CountDownLatch(1);
    script =
        context -> {
          try {
            return untilStopped(context, 1);
          } finally {
            stopped.countDown();
          }
        };
    UUID run = offer();
    awaitStatus(run, RunStatus.RUNNING);
    jdbc.sql("update job_runs set fence = fence + 1, worker = 'successor' where id = :id")
        .param("id", run)
        .update();

    await().until(() -> stopped.getCount() == 0);
    executor.stop();

    assertThat(status(run)).isEqualTo(RunStatus.RUNNING);
    assertThat(of(run, "worker", String.class)).isEqualTo("successor");
  }

  @Test
  void the_end_of_an_attempt_that_lost_its_lease_does_not_stop_the_heart_of_its_successor()
      throws Exception {
    var firstMayLookUp = new CountDownLatch(1);
    var firstEnded = new CountDownLatch(1);
    var secondMayEnd = new CountDownLatch(1);
    script =
        context -> {
          if (context.run().attempt() == 2) {
            secondMayEnd.await();
            return Outcome.done(9, Map.of());
          }
          firstMayLookUp.await();
          try {
            return untilStopped(context, 1);
          } finally {
            firstEnded.countDown();
          }
        };
    UUID run = offer();
    awaitStatus(run, RunStatus.RUNNING);
    jdbc.sql(
            "update job_runs set status = 'queued', fence = fence + 1, lease_until = null, due_at ="
                + " now() where id = :id")
        .param("id", run)
        .update();
    executor.offer(requested(run));
    await().until(() -> of(run, "status = 'running' and attempt = 2", Boolean.class));

    firstMayLookUp.countDown();
    assertThat(firstEnded.await(10, TimeUnit.SECONDS)).isTrue();
    OffsetDateTime ended = of(run, "now()", OffsetDateTime.class);

    // Longer than a beat that was already on its way.
    await()
        .until(() -> of(run, "heartbeat_at", OffsetDateTime.class).isAfter(ended.plusSeconds(1)));
    secondMayEnd.countDown();
    awaitStatus(run, RunStatus.OK);
    assertThat(of(run, "processed_count", Long.class)).isEqualTo(9);
  }

  @Test
  void no_more_runs_work_at_once_than_are_allowed() {
    var working = new AtomicInteger();
    var most = new AtomicInteger();
    var go = new CountDownLatch(1);
    script =
        context -> {
          most.accumulateAndGet(working.incrementAndGet(), Math::max);
          go.await();
          working.decrementAndGet();
          return Outcome.done(0, Map.of());
        };
    List<UUID> runs = List.of(offer(newProject()), offer(newProject()), offer(newProject()));
    await().until(() -> working.get() == SETTINGS.concurrentRuns());

    go.countDown();

    runs.forEach(run -> awaitStatus(run, RunStatus.OK));
    assertThat(most.get()).isEqualTo(SETTINGS.concurrentRuns());
  }

  @Test
  void an_event_that_comes_again_and_again_runs_the_job_once() {
    var times = new AtomicInteger();
    script =
        context -> {
          times.incrementAndGet();
          return Outcome.done(0, Map.of());
        };
    UUID run = offer();
    for (int i = 0; i < 20; i++) {
      executor.offer(requested(run));
    }

    awaitStatus(run, RunStatus.OK);
    executor.stop();
    assertThat(times.get()).isEqualTo(1);
  }

  @Test
  void an_outage_of_the_database_does_not_cost_the_work_of_a_finished_run() {
    var servers = TestServers.shared();
    var down = new CountDownLatch(1);
    script =
        context -> {
          servers.stopPostgres();
          down.countDown();
          return Outcome.done(42, Map.of());
        };
    UUID run = offer();
    await().until(() -> down.getCount() == 0);

    servers.startPostgres();

    awaitStatus(run, RunStatus.OK);
    assertThat(of(run, "processed_count", Long.class)).isEqualTo(42);
    assertThat(of(run, "attempt", Integer.class)).isEqualTo(1);
  }

  @Test
  void a_run_that_takes_too_long_is_stopped_and_says_so() {
    restart(RunLimits.NONE, Duration.ofMillis(300));
    script = context -> untilStopped(context, 5);

    UUID run = offer();

    awaitStatus(run, RunStatus.FAILED);
    assertThat(of(run, "error_class", String.class)).isEqualTo("time_limit");
    assertThat(of(run, "error", String.class)).contains("RUN_TIME_LIMIT_SECONDS");
    assertThat(of(run, "processed_count", Long.class)).isEqualTo(5);
  }

  @Test
  void what_a_sync_changed_before_its_time_was_up_or_it_was_put_off_is_embedded_at_once() {
    restart(RunLimits.NONE, Duration.ofMillis(300));
    jdbc.sql(
            "insert into scheduled_jobs (project_id, job_type, cadence_seconds) values (:p,"
                + " 'embeddings_run', 900)")
        .param("p", project)
        .update();
    script = context -> untilStopped(context, 4, Map.of("chunks_inserted", 4));

    UUID stopped = offer();

    awaitStatus(stopped, RunStatus.FAILED);
    assertThat(cascaded()).singleElement().asString().contains(stopped.toString());
    jdbc.sql(
            "update job_runs set status = 'ok', finished_at = now() where project_id = :p and"
                + " trigger = 'cascade'")
        .param("p", project)
        .update();
    script =
        context ->
            new Outcome.RetryLater(
                Duration.ofHours(1), "rate_limited", "slow down", Map.of("chunks_reset", 1));

    UUID putOff = offer();

    await().until(() -> cascaded().size() == 2);
    assertThat(status(putOff)).isEqualTo(RunStatus.QUEUED);
    assertThat(cascaded().getLast()).contains(putOff.toString());
  }

  private List<String> cascaded() {
    return jdbc.sql(
            "select requested_by from job_runs where project_id = :p and trigger = 'cascade' order"
                + " by requested_at")
        .param("p", project)
        .query(String.class)
        .list();
  }

  @Test
  void a_run_that_never_looks_up_loses_its_lease_when_its_time_is_up() throws Exception {
    restart(RunLimits.NONE, Duration.ofMillis(100));
    var finish = new CountDownLatch(1);
    script =
        context -> {
          finish.await();
          return Outcome.done(9, Map.of());
        };
    UUID run = offer();

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> of(run, "coalesce(lease_until < now(), false)", Boolean.class));

    finish.countDown();
  }

  @Test
  void what_a_handler_says_is_in_the_runs_log() {
    script =
        context -> {
          context.say("12 conversations listed");
          return Outcome.done(0, Map.of());
        };

    UUID run = offer();

    awaitStatus(run, RunStatus.OK);
    assertThat(of(run, "log::text", String.class)).contains("12 conversations listed");
  }

  @Test
  void a_limit_on_a_job_holds_over_all_processes_and_what_it_holds_back_says_so() {
    jdbc.sql("delete from job_runs where job_name = 'chatwoot_sync'").update();
    restart(new RunLimits(Map.of(JobType.CHATWOOT_SYNC, 1), 0), Duration.ofHours(1));
    var go = new CountDownLatch(1);
    script =
        context -> {
          go.await();
          return Outcome.done(0, Map.of());
        };
    RunExecutor second = executor;
    UUID first = offer(newProject());
    awaitStatus(first, RunStatus.RUNNING);
    executor = executor();
    executor.start();

    UUID held = offer(newProject());

    await().until(() -> of(held, "coalesce(held_by, '')", String.class).contains("RUNS_PER_JOB"));
    assertThat(status(held)).isEqualTo(RunStatus.QUEUED);
    go.countDown();
    awaitStatus(first, RunStatus.OK);
    awaitStatus(held, RunStatus.OK);
    assertThat(of(held, "held_by is null", Boolean.class)).isTrue();
    second.stop();
  }

  @Test
  void a_limit_on_a_project_holds_back_its_other_jobs_and_no_other_project() {
    restart(new RunLimits(Map.of(), 1), Duration.ofHours(1));
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, lease_until)
            values (:project, 'embeddings_run', 'manual', 'Ada', 'running', now() + interval '1 hour')
            """)
        .param("project", project)
        .update();

    UUID held = offer(project);
    UUID free = offer(newProject());

    awaitStatus(free, RunStatus.OK);
    await()
        .until(() -> of(held, "coalesce(held_by, '')", String.class).contains("RUNS_PER_PROJECT"));
  }

  @Test
  void many_that_claim_at_once_keep_to_the_limit() throws Exception {
    var limited =
        new RunClaims(
            log, new RunLimits(Map.of(JobType.CHATWOOT_SYNC, 3), 0), SETTINGS, jdbc, transaction);
    jdbc.sql("delete from job_runs where job_name = 'chatwoot_sync'").update();
    List<Callable<Boolean>> claims = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      UUID owner = newProject();
      UUID run =
          log.request(
                  new RunRequest(owner, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()))
              .runId();
      claims.add(() -> limited.claim(run, owner, JobType.CHATWOOT_SYNC).run().isPresent());
    }

    int claimed = 0;
    try (var threads = Executors.newFixedThreadPool(claims.size())) {
      for (Future<Boolean> claim : threads.invokeAll(claims)) {
        claimed += claim.get() ? 1 : 0;
      }
    }

    assertThat(claimed).isEqualTo(3);
  }

  private static Outcome untilStopped(RunContext context, long processed) throws Exception {
    return untilStopped(context, processed, Map.of());
  }

  private static Outcome untilStopped(RunContext context, long processed, Map<String, ?> details)
      throws Exception {
    context.progress(processed, details);
    var never = new CountDownLatch(1);
    while (!never.await(10, TimeUnit.MILLISECONDS)) {
      context.checkpoint();
    }
    return Outcome.done(0, Map.of());
  }

  private RunExecutor executor() {
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

  private UUID offer() {
    return offer(project);
  }

  private UUID offer(UUID ofProject) {
    UUID run = request(ofProject);
    executor.offer(requested(run));
    return run;
  }

  private UUID request(UUID ofProject) {
    return log.request(
            new RunRequest(ofProject, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of()))
        .runId();
  }

  private JobRequested requested(UUID run) {
    UUID owner = of(run, "project_id", UUID.class);
    return new JobRequested(UUID.randomUUID(), Instant.now(), owner, run, JobType.CHATWOOT_SYNC, 0);
  }

  private RunStatus status(UUID run) {
    return RunStatus.of(of(run, "status", String.class));
  }

  private void awaitStatus(UUID run, RunStatus wanted) {
    await().ignoreExceptions().until(() -> status(run) == wanted);
  }
}
