package dev.threadmill.scheduler.recovery;

import static dev.threadmill.core.job.JobType.EMBEDDINGS_RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.scheduler.SchedulerIT;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class RecoveryIT extends SchedulerIT {
  @Autowired private RunLog runLog;
  @Autowired private OldRuns oldRuns;

  @Test
  void a_run_that_was_queued_and_never_announced_happens_once() {
    UUID run = queue();

    awaitOk(run);
    assertThat(attempt(run)).isEqualTo(1);
  }

  @Test
  void a_run_of_a_dead_worker_is_finished_by_another() {
    UUID run = queue();
    jdbc.sql(
            """
            update job_runs set status = 'running', attempt = 1, fence = 1, worker = 'dead', started_at = now(),
              lease_until = now() - interval '1 s'
            where id = :id and status = 'queued'
            """)
        .param("id", run)
        .update();

    awaitOk(run);
    assertThat(attempt(run)).isEqualTo(2);
    assertThat(
            jdbc.sql("select worker from job_runs where id = :id")
                .param("id", run)
                .query(String.class)
                .single())
        .startsWith("scheduler-service@");
  }

  @Test
  void runs_are_kept_for_ninety_days_and_then_deleted_with_what_their_schedules_noted() {
    UUID project = newProject();
    long schedule = due(project, EMBEDDINGS_RUN, 900, "-1 h");
    UUID kept = finished(project, schedule, 89);
    finished(project, schedule, 91);

    oldRuns.sweep();

    assertThat(
            jdbc.sql("select id from job_runs where project_id = :p")
                .param("p", project)
                .query(UUID.class)
                .list())
        .containsExactly(kept);
    assertThat(
            jdbc.sql("select job_run_id from worker_runs where scheduled_job_id = :s")
                .param("s", schedule)
                .query(UUID.class)
                .list())
        .containsExactly(kept);
  }

  private UUID finished(UUID project, long schedule, int daysAgo) {
    return jdbc.sql(
            """
            with run as (
              insert into job_runs (project_id, job_name, trigger, requested_by, status, requested_at, finished_at)
              select :p, 'embeddings_run', 'schedule', 'scheduler', 'ok', at, at
              from (select now() - make_interval(days => :days) as at) as past
              returning id, finished_at)
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, scheduled_for, coalesced, settled_at)
            select :p, :s, id, finished_at, false, finished_at from run
            returning job_run_id
            """)
        .param("p", project)
        .param("s", schedule)
        .param("days", daysAgo)
        .query(UUID.class)
        .single();
  }

  /** As a scheduler leaves it that was killed between commit and announcement. */
  private UUID queue() {
    return runLog
        .request(
            new RunRequest(newProject(), EMBEDDINGS_RUN, RunTrigger.SCHEDULE, "test", Map.of()))
        .runId();
  }

  private int attempt(UUID run) {
    return jdbc.sql("select attempt from job_runs where id = :id")
        .param("id", run)
        .query(Integer.class)
        .single();
  }

  private void awaitOk(UUID run) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                jdbc.sql("select status = 'ok' from job_runs where id = :id")
                    .param("id", run)
                    .query(Boolean.class)
                    .single());
  }
}
