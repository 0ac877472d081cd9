package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.HeldRuns.Heartbeat;
import dev.threadmill.core.run.RunRecovery.TakenBackRun;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs whose worker is gone, and runs whose event is. */
class LostRunsIT extends SyncRuns {
  @Test
  void a_lost_run_is_taken_back_and_the_late_end_of_its_first_worker_is_refused() {
    ClaimedRun frozen = claim(log.request(sync(newProject())).runId());
    letLeaseRunOut(frozen.id());

    TakenBackRun taken = takenBack(frozen.id()).get(0);

    assertThat(taken.status()).isEqualTo(RunStatus.QUEUED);
    assertThat(taken.lostBy()).isEqualTo("worker");
    ClaimedRun successor = claim(frozen.id());
    assertThat(successor.attempt()).isEqualTo(2);
    assertThat(held.heartbeat(frozen, new RunContext.Progress(0, Map.of()), LEASE))
        .isEqualTo(Heartbeat.LEASE_LOST);
    assertThat(held.finish(frozen, OK)).isEmpty();
    assertThat(held.requeue(frozen, pause(Duration.ZERO, true, "late", "late"))).isEmpty();
    assertThat(of(frozen.id(), "status", String.class)).isEqualTo("running");
    assertThat(held.finish(successor, OK)).isPresent();
    assertThat(of(frozen.id(), "error is null and error_class is null", Boolean.class)).isTrue();
  }

  @Test
  void a_run_lost_in_its_last_attempt_is_failed_and_names_the_worker() {
    ClaimedRun run = claim(log.request(sync(newProject())).runId());
    jdbc.sql("update job_runs set attempt = 3 where id = :id").param("id", run.id()).update();
    letLeaseRunOut(run.id());

    assertThat(takenBack(run.id()).get(0).status()).isEqualTo(RunStatus.FAILED);
    assertThat(of(run.id(), "error", String.class)).contains("worker", "attempt 3");
    assertThat(of(run.id(), "error_class", String.class)).isEqualTo("worker_lost");
  }

  @Test
  void taking_back_and_finishing_at_once_end_in_one_of_the_two() throws Exception {
    for (int i = 0; i < 20; i++) {
      ClaimedRun run = claim(log.request(sync(newProject())).runId());
      letLeaseRunOut(run.id());

      List<Boolean> both =
          atOnce(
              List.of(
                  () -> held.finish(run, OK).isPresent(), () -> !takenBack(run.id()).isEmpty()));

      assertThat(both).containsOnlyOnce(true);
    }
  }

  @Test
  void a_cancelled_run_that_asks_for_a_retry_or_is_lost_ends_cancelled() {
    UUID project = newProject();
    ClaimedRun retrying = claim(log.request(sync(project)).runId());
    log.cancel(project, retrying.id(), "Ada");
    assertThat(held.requeue(retrying, pause(Duration.ZERO, true, "timeout", "no answer")))
        .map(HeldRuns.Ended::status)
        .contains(RunStatus.CANCELLED);

    ClaimedRun lost = claim(log.request(sync(project)).runId());
    log.cancel(project, lost.id(), "Ada");
    letLeaseRunOut(lost.id());
    assertThat(takenBack(lost.id()).get(0).status()).isEqualTo(RunStatus.CANCELLED);
  }

  @Test
  void a_forgotten_run_is_announced_by_one_replica_and_again_only_after_a_while() {
    UUID run = log.request(sync(newProject())).runId();
    assertThat(unannounced()).as("who asked for it sends its event").doesNotContain(run);

    log.unannounced(List.of(run));

    assertThat(unannounced()).as("the broker did not take it").contains(run);
    assertThat(unannounced()).doesNotContain(run);

    jdbc.sql("update job_runs set announced_at = now() - interval '16 s' where id = :id")
        .param("id", run)
        .update();
    assertThat(unannounced()).contains(run);
  }

  @Test
  void a_running_run_is_not_announced() {
    ClaimedRun run = claim(log.request(sync(newProject())).runId());
    jdbc.sql("update job_runs set due_at = now() - interval '1 h' where id = :id")
        .param("id", run.id())
        .update();

    assertThat(unannounced()).doesNotContain(run.id());
  }

  private List<UUID> unannounced() {
    return recovery.takeUnannounced(Duration.ofSeconds(15), 1000).stream()
        .map(QueuedRun::id)
        .toList();
  }
}
