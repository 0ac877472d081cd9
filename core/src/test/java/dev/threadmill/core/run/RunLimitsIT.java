package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How many runs work at once: in an executor, of a job and of a project. */
class RunLimitsIT extends ScriptedRuns {
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
}
