package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.HeldRuns.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs that are requested, claimed, ended and cancelled, by many at once. */
class RunLogIT extends SyncRuns {
  @Autowired private TransactionTemplate transaction;

  @Test
  void requests_at_once_answer_with_one_run() throws Exception {
    UUID project = newProject();

    List<RequestedRun> answers = atOnce(16, () -> log.request(sync(project)));

    assertThat(answers).extracting(RequestedRun::runId).containsOnly(answers.get(0).runId());
    assertThat(answers).filteredOn(RequestedRun::created).hasSize(1);
  }

  @Test
  void a_finished_run_makes_room_for_the_next() {
    UUID project = newProject();
    UUID first = log.request(sync(project)).runId();
    assertThat(held.finish(claim(first), OK)).isPresent();

    RequestedRun second = log.request(sync(project));

    assertThat(second.created()).isTrue();
    assertThat(second.runId()).isNotEqualTo(first);
  }

  @Test
  void a_run_is_claimed_once_however_many_try() throws Exception {
    UUID run = log.request(sync(newProject())).runId();

    List<Boolean> claims = atOnce(8, () -> log.claim(run, "worker", LEASE).isPresent());

    assertThat(claims).containsOnlyOnce(true);
  }

  @Test
  void several_runs_are_claimed_and_ended_at_once_and_each_by_its_own_claim() {
    List<UUID> runs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      runs.add(log.request(sync(newProject())).runId());
    }
    jdbc.sql("update job_runs set due_at = now() + interval '1 min' where id = :id")
        .param("id", runs.get(0))
        .update();

    List<ClaimedRun> claimed = log.claimUnlocked(runs, "worker", LEASE);

    assertThat(claimed)
        .extracting(ClaimedRun::id)
        .containsExactlyInAnyOrderElementsOf(runs.subList(1, 4));
    ClaimedRun lost = claimed.get(0);
    jdbc.sql("update job_runs set fence = fence + 1 where id = :id")
        .param("id", lost.id())
        .update();
    ClaimedRun failed = claimed.get(2);
    List<Optional<HeldRuns.Ended>> ended =
        held.finishUnlocked(
            List.of(
                new HeldRuns.Ending(lost, OK),
                new HeldRuns.Ending(claimed.get(1), OK),
                new HeldRuns.Ending(
                    failed,
                    new RunEnd(
                        RunStatus.FAILED,
                        new RunContext.Progress(
                            1, Map.of("pages", 2), List.of("page 3 is missing")),
                        Map.of(),
                        "server_error",
                        "it \"fell\", {over}",
                        Duration.ofMinutes(7),
                        Set.of()))));

    assertThat(ended.get(0)).isEmpty();
    assertThat(of(lost.id(), "status", String.class)).isEqualTo("running");
    assertThat(ended.get(1).orElseThrow().status()).isEqualTo(RunStatus.OK);
    assertThat(of(claimed.get(1).id(), "result ->> 'n'", String.class)).isEqualTo("3");
    assertThat(of(claimed.get(1).id(), "retry_at is null and error is null", Boolean.class))
        .isTrue();
    assertThat(ended.get(2).orElseThrow().status()).isEqualTo(RunStatus.FAILED);
    assertThat(of(failed.id(), "error", String.class)).isEqualTo("it \"fell\", {over}");
    assertThat(of(failed.id(), "retry_at > now() + interval '6 min'", Boolean.class)).isTrue();
    assertThat(of(failed.id(), "log -> -2 ->> 'message'", String.class))
        .isEqualTo("page 3 is missing");
    assertThat(of(failed.id(), "log -> -1 ->> 'message'", String.class))
        .isEqualTo("failed: it \"fell\", {over}");
  }

  @Test
  void many_who_claim_the_same_runs_at_once_get_each_once() throws Exception {
    List<UUID> runs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      runs.add(log.request(sync(newProject())).runId());
    }

    List<List<ClaimedRun>> claims =
        atOnce(
            6,
            () -> {
              List<UUID> shuffled = new ArrayList<>(runs);
              Collections.shuffle(shuffled);
              return log.claimUnlocked(shuffled, "worker", LEASE);
            });

    assertThat(claims.stream().flatMap(List::stream).map(ClaimedRun::id))
        .containsExactlyInAnyOrderElementsOf(runs);
  }

  @Test
  void a_row_that_somebody_has_locked_holds_up_no_other_claim_and_no_other_end() throws Exception {
    UUID locked = log.request(sync(newProject())).runId();
    UUID free = log.request(sync(newProject())).runId();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ClaimedRun claimed =
          transaction.execute(
              status -> {
                lock(locked);
                List<UUID> both = List.of(locked, free);
                return only(threads.submit(() -> log.claimUnlocked(both, "worker", LEASE)));
              });
      assertThat(claimed.id()).isEqualTo(free);

      ClaimedRun other = claim(locked);
      var endings = List.of(new HeldRuns.Ending(other, OK), new HeldRuns.Ending(claimed, OK));
      List<Optional<HeldRuns.Ended>> ended =
          transaction.execute(
              status -> {
                lock(locked);
                return answer(threads.submit(() -> held.finishUnlocked(endings)));
              });
      assertThat(ended).extracting(Optional::isPresent).containsExactly(false, true);
    }
  }

  private void lock(UUID run) {
    var unused =
        jdbc.sql("select id from job_runs where id = :id for update")
            .param("id", run)
            .query(UUID.class)
            .single();
  }

  private static <T> T only(Future<List<T>> list) {
    List<T> answer = answer(list);
    assertThat(answer).hasSize(1);
    return answer.getFirst();
  }

  @Test
  void a_claim_waits_for_a_row_that_is_locked_for_a_moment_and_gets_it() throws Exception {
    UUID run = log.request(sync(newProject())).runId();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> claim =
          transaction.execute(
              status -> {
                log.unannounced(List.of(run));
                Future<Boolean> waiting =
                    threads.submit(() -> log.claim(run, "worker", LEASE).isPresent());
                awaitSomebodyWaitingForALock();
                return waiting;
              });
      assertThat(claim.get()).isTrue();
    }
  }

  @Test
  void a_run_in_back_off_is_not_claimed_before_its_time() {
    UUID run = log.request(sync(newProject())).runId();
    held.requeue(claim(run), pause(Duration.ofMinutes(5), true, "rate_limited", "slow down"));

    assertThat(log.claim(run, "worker", LEASE)).isEmpty();

    jdbc.sql("update job_runs set due_at = now() where id = :id").param("id", run).update();
    assertThat(log.claim(run, "worker", LEASE).orElseThrow().attempt()).isEqualTo(2);
  }

  @Test
  void a_refunded_attempt_does_not_count() {
    UUID run = log.request(sync(newProject())).runId();
    held.requeue(claim(run), pause(Duration.ZERO, false, "shutdown", "stopped"));

    ClaimedRun again = claim(run);

    assertThat(again.attempt()).isEqualTo(1);
    assertThat(again.fence()).isEqualTo(2);
  }

  @Test
  void a_queued_run_is_cancelled_at_once_and_a_running_one_is_told_by_its_heartbeat() {
    UUID project = newProject();
    UUID queued = log.request(sync(project)).runId();
    assertThat(log.cancel(project, queued, "Ada")).contains(RunStatus.CANCELLED);
    assertThat(log.claim(queued, "worker", LEASE)).isEmpty();

    ClaimedRun running = claim(log.request(sync(project)).runId());
    assertThat(log.cancel(project, running.id(), "Ada")).contains(RunStatus.RUNNING);
    assertThat(held.heartbeat(running, new RunContext.Progress(0, Map.of()), LEASE))
        .isEqualTo(Heartbeat.CANCEL_REQUESTED);
    assertThat(of(running.id(), "cancel_requested_by", String.class)).isEqualTo("Ada");
  }

  @Test
  void a_run_that_was_queued_while_its_project_was_archived_is_cancelled_and_never_taken() {
    UUID project = newProject();
    UUID run = log.request(sync(project)).runId();
    UUID other = log.request(sync(newProject())).runId();
    jdbc.sql("update projects set archived_at = now() where id = :id")
        .param("id", project)
        .update();

    assertThat(log.claim(run, "worker", LEASE)).isEmpty();
    assertThat(log.claimUnlocked(List.of(run, other), "worker", LEASE))
        .extracting(ClaimedRun::id)
        .containsExactly(other);
    assertThat(log.claimable(List.of(run))).isEmpty();

    assertThat(log.cancelOfArchived("scheduler")).isPositive();
    assertThat(of(run, "status", String.class)).isEqualTo("cancelled");
    assertThat(of(other, "status", String.class)).isEqualTo("running");
  }

  @Test
  void a_finished_run_and_another_projects_run_are_not_cancelled() {
    UUID project = newProject();
    UUID run = log.request(sync(project)).runId();
    assertThat(log.cancel(newProject(), run, "Eve")).isEmpty();
    assertThat(held.finish(claim(run), OK)).isPresent();

    assertThat(log.cancel(project, run, "Ada")).contains(RunStatus.OK);
    assertThat(of(run, "cancel_requested_at is null", Boolean.class)).isTrue();
  }

  private void awaitSomebodyWaitingForALock() {
    await()
        .until(
            () ->
                jdbc.sql(
                        "select count(*) > 0 from pg_stat_activity where datname ="
                            + " current_database() and wait_event_type = 'Lock'")
                    .query(Boolean.class)
                    .single());
  }
}
