package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What is told of runs, and for how long. */
class RunHistoryIT extends SyncRuns {
  @Autowired private RunRetention retention;

  @Test
  void the_history_shows_the_latest_run_of_each_job_and_no_other_projects() {
    UUID project = newProject();
    UUID first = log.request(sync(project)).runId();
    assertThat(held.finish(claim(first), OK)).isPresent();
    UUID latest = log.request(sync(project)).runId();
    UUID embeddings =
        log.request(
                new RunRequest(
                    project, JobType.EMBEDDINGS_RUN, RunTrigger.CASCADE, "sync", Map.of("x", 1)))
            .runId();

    assertThat(history.latestPerJob(project))
        .extracting(JobRun::id)
        .containsExactlyInAnyOrder(latest, embeddings);
    assertThat(history.newest(project, new RunFilter(null, null, null, null, null, null), 2))
        .hasSize(2)
        .extracting(JobRun::id)
        .doesNotContain(first);
    assertThat(history.find(project, first).orElseThrow().result().path("n").asInt()).isEqualTo(3);
    assertThat(history.find(newProject(), first)).isEmpty();
  }

  @Test
  void a_run_keeps_its_last_lines_and_tells_who_had_it() {
    UUID project = newProject();
    ClaimedRun dead = claim(log.request(sync(project)).runId());
    letLeaseRunOut(dead.id());
    assertThat(takenBack(dead.id())).hasSize(1);
    ClaimedRun successor = log.claim(dead.id(), "another", LEASE).orElseThrow();
    held.heartbeat(
        successor, new RunContext.Progress(0, Map.of(), List.of("page 1", "page 2")), LEASE);
    assertThat(held.finish(successor, OK)).isPresent();

    assertThat(lines(project, dead.id()))
        .containsExactly(
            "attempt 1 begins on worker",
            "taken back from worker, whose lease ran out in attempt 1",
            "attempt 2 begins on another",
            "page 1",
            "page 2",
            "ok");
    assertThat(history.lines(newProject(), dead.id())).isEmpty();
  }

  @Test
  void the_live_view_of_a_project_reads_no_finished_runs_of_others() {
    UUID busy = newProject();
    UUID quiet = newProject();
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, requested_at, finished_at)
            select :busy, 'chatwoot_sync', 'manual', 'Ada', 'ok', now(), now() from generate_series(1, 5000)
            union all
            select :quiet, 'chatwoot_sync', 'manual', 'Ada', 'ok', now(), now()
            """)
        .param("busy", busy)
        .param("quiet", quiet)
        .update();
    jdbc.sql("analyze job_runs").update();

    String plan =
        String.join(
            "\n",
            jdbc.sql(
                    """
                    explain (analyze, costs off, timing off) select id from job_runs
                    where project_id = :project and finished_at > now() - interval '5 s'
                    order by finished_at limit 500
                    """)
                .param("project", quiet)
                .query(String.class)
                .list());

    assertThat(plan).contains("job_runs_finished_by_project").doesNotContain("Filter", "Sort");
    assertThat(history.live(quiet, Instant.now().minusSeconds(60), 500).runs()).hasSize(1);
  }

  @Test
  void runs_are_filtered_by_trigger_and_time() {
    UUID project = newProject();
    UUID old = log.request(sync(project)).runId();
    assertThat(held.finish(claim(old), OK)).isPresent();
    jdbc.sql("update job_runs set requested_at = now() - interval '2 days' where id = :id")
        .param("id", old)
        .update();
    UUID fresh =
        log.request(
                new RunRequest(
                    project, JobType.CHATWOOT_SYNC, RunTrigger.WEBHOOK, "hook", Map.of()))
            .runId();
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));

    assertThat(ids(project, new RunFilter(null, null, RunTrigger.WEBHOOK, null, null, null)))
        .containsExactly(fresh);
    assertThat(ids(project, new RunFilter(null, null, null, yesterday, null, null)))
        .containsExactly(fresh);
    assertThat(ids(project, new RunFilter(null, null, null, null, yesterday, null)))
        .containsExactly(old);
    var position = history.position(project, fresh).orElseThrow();
    assertThat(ids(project, new RunFilter(null, null, null, null, null, position)))
        .containsExactly(old);
  }

  @Test
  void old_runs_are_pruned_in_batches_and_unfinished_ones_stay() {
    UUID project = newProject();
    List<UUID> old = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      UUID run = log.request(sync(project)).runId();
      assertThat(held.finish(claim(run), OK)).isPresent();
      old.add(run);
    }
    jdbc.sql(
            "update job_runs set finished_at = now() - interval '400 days' where project_id ="
                + " :project")
        .param("project", project)
        .update();
    UUID queued = log.request(sync(project)).runId();
    jdbc.sql("update job_runs set requested_at = now() - interval '400 days' where id = :id")
        .param("id", queued)
        .update();

    assertThat(retention.prune(Duration.ofDays(365), 2)).isEqualTo(2);
    assertThat(retention.prune(Duration.ofDays(365), 2)).isEqualTo(1);

    assertThat(ids(project, new RunFilter(null, null, null, null, null, null)))
        .containsExactly(queued);
  }

  private List<UUID> ids(UUID project, RunFilter filter) {
    return history.newest(project, filter, 100).stream().map(JobRun::id).toList();
  }
}
