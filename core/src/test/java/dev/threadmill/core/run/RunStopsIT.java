package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunStatus;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs that are cancelled, handed back, too slow or no longer this executor's. */
class RunStopsIT extends ScriptedRuns {
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
}
