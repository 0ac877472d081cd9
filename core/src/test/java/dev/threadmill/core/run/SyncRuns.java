package dev.threadmill.core.run;

import dev.threadmill.core.RealServers;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.RunRecovery.TakenBackRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.annotation.Autowired;

/** Runs of a sync, and what a worker and the sweeps over the runs do with them. */
abstract class SyncRuns extends RealServers {
  static final Duration LEASE = Duration.ofSeconds(30);
  static final RunEnd OK =
      new RunEnd(
          RunStatus.OK,
          new RunContext.Progress(3, Map.of()),
          Map.of("n", 3),
          null,
          null,
          null,
          Set.of());

  @Autowired RunLog log;
  @Autowired HeldRuns held;
  @Autowired RunHistory history;
  @Autowired RunRecovery recovery;

  static <T> T answer(Future<T> future) {
    try {
      return future.get(30, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  List<String> lines(UUID project, UUID run) {
    return history
        .lines(project, run)
        .valueStream()
        .map(line -> line.path("message").asString())
        .toList();
  }

  static HeldRuns.Pause pause(Duration after, boolean charged, String errorClass, String error) {
    return new HeldRuns.Pause(
        new RunContext.Progress(0, Map.of()), after, charged, errorClass, error, Set.of());
  }

  List<TakenBackRun> takenBack(UUID run) {
    return recovery.takeBackLost(3).stream().filter(taken -> taken.run().id().equals(run)).toList();
  }

  ClaimedRun claim(UUID run) {
    return log.claim(run, "worker", LEASE).orElseThrow();
  }

  void letLeaseRunOut(UUID run) {
    jdbc.sql("update job_runs set lease_until = now() - interval '1 s' where id = :id")
        .param("id", run)
        .update();
  }

  static RunRequest sync(UUID project) {
    return new RunRequest(project, JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "Ada", Map.of());
  }

  static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
    return atOnce(Collections.nCopies(times, call));
  }

  static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    List<T> answers = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(calls.size())) {
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    return answers;
  }
}
