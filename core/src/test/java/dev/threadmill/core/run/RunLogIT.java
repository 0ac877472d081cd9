package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.HeldRuns.Heartbeat;
import dev.threadmill.core.run.RunRecovery.TakenBackRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

class RunLogIT extends RealServers {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final RunEnd OK =
      new RunEnd(
          RunStatus.OK,
          new RunContext.Progress(3, Map.of()),
          Map.of("n", 3),
          null,
          null,
          null,
          Set.of());

  @Autowired private RunLog log;
  @Autowired private HeldRuns held;
  @Autowired private RunHistory history;
  @Autowired private RunRetention retention;
  @Autowired private RunRecovery recovery;
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

  private static <T> T answer(Future<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
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
  void a_heartbeat_extends_the_lease_and_writes_the_progress() {
    ClaimedRun run = claim(log.request(sync(newProject())).runId());
    letLeaseRunOut(run.id());

    Heartbeat heartbeat =
        held.heartbeat(run, new RunContext.Progress(12, Map.of("pages", 2)), LEASE);

    assertThat(heartbeat).isEqualTo(Heartbeat.MINE);
    assertThat(of(run.id(), "lease_until > now() + interval '20 s'", Boolean.class)).isTrue();
    assertThat(of(run.id(), "processed_count", Long.class)).isEqualTo(12);
    assertThat(of(run.id(), "progress ->> 'pages'", String.class)).isEqualTo("2");
    assertThat(takenBack(run.id())).isEmpty();
  }

  @Test
  void a_run_keeps_the_beginnings_of_its_last_fifty_lines() {
    ClaimedRun run = claim(log.request(sync(newProject())).runId());
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= 60; i++) {
      lines.add("line " + i + " " + "x".repeat(300));
    }

    held.heartbeat(run, new RunContext.Progress(1, Map.of(), lines.subList(0, 30)), LEASE);
    held.heartbeat(run, new RunContext.Progress(2, Map.of(), lines.subList(30, 60)), LEASE);

    assertThat(of(run.id(), "jsonb_array_length(log)", Integer.class)).isEqualTo(50);
    assertThat(of(run.id(), "log -> 0 ->> 'message'", String.class))
        .isEqualTo(lines.get(10).substring(0, 300));
    assertThat(of(run.id(), "log -> 49 ->> 'message'", String.class)).startsWith("line 60 ");
    assertThat(of(run.id(), "log -> 49 ->> 'level'", String.class)).isEqualTo("info");
  }

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
  void heartbeats_share_a_statement_and_a_run_whose_row_is_locked_holds_up_no_other() {
    ClaimedRun free = claim(log.request(sync(newProject())).runId());
    UUID project = newProject();
    ClaimedRun cancelled = claim(log.request(sync(project)).runId());
    log.cancel(project, cancelled.id(), "Ada");
    ClaimedRun locked = claim(log.request(sync(newProject())).runId());
    ClaimedRun lost = claim(log.request(sync(newProject())).runId());
    letLeaseRunOut(lost.id());
    takenBack(lost.id());
    String beforeFree = of(free.id(), "lease_until::text", String.class);
    String beforeLocked = of(locked.id(), "lease_until::text", String.class);
    var progress = new RunContext.Progress(7, Map.of("pages", 3), List.of("page 3"));
    List<HeldRuns.Beat> beats =
        Stream.of(free, cancelled, locked, lost)
            .map(run -> new HeldRuns.Beat(run, progress))
            .toList();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Optional<Heartbeat>> answers =
          transaction.execute(
              status -> {
                jdbc.sql("select 1 from job_runs where id = :id for update")
                    .param("id", locked.id())
                    .query(Integer.class)
                    .single();
                return answer(threads.submit(() -> held.heartbeatUnlocked(beats, LEASE)));
              });
      assertThat(answers)
          .containsExactly(
              Optional.of(Heartbeat.MINE),
              Optional.of(Heartbeat.CANCEL_REQUESTED),
              Optional.empty(),
              Optional.empty());
    }

    assertThat(of(free.id(), "lease_until::text", String.class)).isNotEqualTo(beforeFree);
    assertThat(of(free.id(), "processed_count", Integer.class)).isEqualTo(7);
    assertThat(of(free.id(), "log #>> '{-1,message}'", String.class)).isEqualTo("page 3");
    assertThat(of(locked.id(), "lease_until::text", String.class)).isEqualTo(beforeLocked);
    assertThat(of(lost.id(), "status", String.class)).isEqualTo("queued");
  }

  @Test
  void the_lines_of_a_run_are_bounded_in_number_and_length() {
    UUID project = newProject();
    ClaimedRun run = claim(log.request(sync(project)).runId());
    for (int beat = 0; beat < 3; beat++) {
      List<String> said = new ArrayList<>(Collections.nCopies(40, "x".repeat(1000)));
      said.add("beat " + beat);
      held.heartbeat(run, new RunContext.Progress(0, Map.of(), said), LEASE);
    }

    List<String> lines = lines(project, run.id());
    assertThat(lines).hasSize(50).allMatch(line -> line.length() <= 300);
    assertThat(lines.getLast()).isEqualTo("beat 2");
  }

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
  void a_late_end_starts_nothing() {
    UUID project = newProject();
    schedule(project, JobType.EMBEDDINGS_RUN, "active", true);
    ClaimedRun frozen = claim(log.request(sync(project)).runId());
    letLeaseRunOut(frozen.id());
    assertThat(takenBack(frozen.id())).hasSize(1);

    assertThat(held.finish(frozen, changed())).isEmpty();

    assertThat(history.latestPerJob(project)).extracting(JobRun::id).containsExactly(frozen.id());
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

  private List<String> lines(UUID project, UUID run) {
    return history
        .lines(project, run)
        .valueStream()
        .map(line -> line.path("message").asString())
        .toList();
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

  private static HeldRuns.Pause pause(
      Duration after, boolean charged, String errorClass, String error) {
    return new HeldRuns.Pause(
        new RunContext.Progress(0, Map.of()), after, charged, errorClass, error, Set.of());
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

  private List<UUID> unannounced() {
    return recovery.takeUnannounced(Duration.ofSeconds(15), 1000).stream()
        .map(QueuedRun::id)
        .toList();
  }

  private List<TakenBackRun> takenBack(UUID run) {
    return recovery.takeBackLost(3).stream().filter(taken -> taken.run().id().equals(run)).toList();
  }

  private ClaimedRun claim(UUID run) {
    return log.claim(run, "worker", LEASE).orElseThrow();
  }

  private void letLeaseRunOut(UUID run) {
    jdbc.sql("update job_runs set lease_until = now() - interval '1 s' where id = :id")
        .param("id", run)
        .update();
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

  private static RunRequest sync(UUID project) {
    return new RunRequest(project, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of());
  }

  private static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
    return atOnce(Collections.nCopies(times, call));
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    List<T> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
