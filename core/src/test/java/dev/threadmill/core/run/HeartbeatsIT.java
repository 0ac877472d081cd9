package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.HeldRuns.Heartbeat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** What a run that works extends and writes with each heartbeat. */
class HeartbeatsIT extends SyncRuns {
  @Autowired private TransactionTemplate transaction;

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
}
