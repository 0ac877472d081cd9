package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which jobs an attempt starts with what it changed. */
class CascadeIT extends SyncRuns {
  @Test
  void a_sync_that_changed_something_starts_the_jobs_that_want_it_in_the_same_statement() {
    UUID project = newProject();
    schedule(project, JobType.EMBEDDINGS_RUN, "active", true);
    ClaimedRun run = claim(log.request(sync(project)).runId());

    HeldRuns.Ended finished = held.finish(run, changed()).orElseThrow();

    assertThat(finished.cascaded())
        .singleElement()
        .satisfies(started -> assertThat(started.jobType()).isEqualTo(JobType.EMBEDDINGS_RUN));
    JobRun started = history.find(project, finished.cascaded().getFirst().id()).orElseThrow();
    assertThat(started.trigger()).isEqualTo(RunTrigger.CASCADE);
    assertThat(started.requestedBy()).contains("chatwoot_sync", run.id().toString());
  }

  @Test
  void nothing_is_started_where_it_is_paused_unwanted_or_under_way() {
    UUID paused = newProject();
    schedule(paused, JobType.EMBEDDINGS_RUN, "paused", true);
    UUID unwanted = newProject();
    schedule(unwanted, JobType.EMBEDDINGS_RUN, "active", false);
    UUID underWay = newProject();
    schedule(underWay, JobType.EMBEDDINGS_RUN, "active", true);
    log.request(
        new RunRequest(underWay, JobType.EMBEDDINGS_RUN, RunTrigger.MANUAL, "Ada", Map.of()));

    for (UUID project : List.of(paused, unwanted, underWay)) {
      ClaimedRun run = claim(log.request(sync(project)).runId());
      assertThat(held.finish(run, changed()).orElseThrow().cascaded()).isEmpty();
    }
  }

  @Test
  void
      an_attempt_that_is_put_off_keeps_what_it_said_and_starts_the_jobs_that_want_what_it_changed() {
    UUID project = newProject();
    schedule(project, JobType.EMBEDDINGS_RUN, "active", true);
    ClaimedRun run = claim(log.request(sync(project)).runId());

    HeldRuns.Ended ended = held.requeue(run, changedAndPutOff(Duration.ofMinutes(1))).orElseThrow();

    assertThat(ended.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(ended.cascaded())
        .extracting(QueuedRun::jobType)
        .containsExactly(JobType.EMBEDDINGS_RUN);
    assertThat(lines(project, run.id()))
        .contains("page 2 refused")
        .last()
        .asString()
        .contains("60 s");
    assertThat(of(run.id(), "processed_count", Long.class)).isEqualTo(7);
  }

  @Test
  void an_attempt_of_a_cancelled_run_starts_nothing() {
    UUID project = newProject();
    schedule(project, JobType.EMBEDDINGS_RUN, "active", true);
    ClaimedRun run = claim(log.request(sync(project)).runId());
    log.cancel(project, run.id(), "Ada");

    HeldRuns.Ended ended = held.requeue(run, changedAndPutOff(Duration.ZERO)).orElseThrow();

    assertThat(ended.status()).isEqualTo(RunStatus.CANCELLED);
    assertThat(ended.cascaded()).isEmpty();
  }

  @Test
  void a_late_end_starts_nothing() {
    UUID project = newProject();
    schedule(project, JobType.EMBEDDINGS_RUN, "active", true);
    ClaimedRun frozen = claim(log.request(sync(project)).runId());
    letLeaseRunOut(frozen.id());
    assertThat(takenBack(frozen.id())).hasSize(1);

    assertThat(held.finish(frozen, changed())).isEmpty();

    assertThat(history.latestPerJob(project)).extracting(JobRun::id).containsExactly(frozen.id());
  }

  private static RunEnd changed() {
    Map<String, Object> result = Map.of("sources", List.of(Map.of("chunks_inserted", 2)));
    return new RunEnd(
        RunStatus.OK,
        new RunContext.Progress(2, Map.of()),
        result,
        null,
        null,
        null,
        Cascade.after(JobType.CHATWOOT_SYNC, result));
  }

  private static HeldRuns.Pause changedAndPutOff(Duration after) {
    return new HeldRuns.Pause(
        new RunContext.Progress(7, Map.of("pages", 2), List.of("page 2 refused")),
        after,
        true,
        "rate_limited",
        "slow down",
        Set.of(JobType.EMBEDDINGS_RUN));
  }

  private void schedule(UUID project, JobType job, String status, boolean runOnChange) {
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, status, cadence_seconds, run_on_change)
            values (:project, :job, :status, 900, :wanted)
            """)
        .param("project", project)
        .param("job", job.wireName())
        .param("status", status)
        .param("wanted", runOnChange)
        .update();
  }
}
