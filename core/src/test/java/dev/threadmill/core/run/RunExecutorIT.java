package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** How runs begin, what they show while they work, and how they end. */
class RunExecutorIT extends ScriptedRuns {
  @Autowired private RunRequests requests;

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
}
