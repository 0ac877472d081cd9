package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SweepIT extends WorkerTest {
  private static final Duration LONG_DUE = Duration.ofHours(2);

  @Test
  void rows_that_no_event_announced_are_found() {
    Rows.Home home = rows.project();

    List<MessageUpserted> unannounced = chunks(home, 250, LONG_DUE);

    untilAllReady(home, unannounced.size());
    assertVectorFits(unannounced.getLast().chunkId());
  }

  @Test
  void fresh_rows_are_left_to_their_events() {
    Rows.Home home = rows.project();
    rows.chunk(home, unique("fresh"));
    Rows.Home other = rows.project();
    rows.chunk(other, unique("old"), LONG_DUE);

    untilAllReady(other, 1);
    assertThat(rows.statuses(home)).containsOnly(Map.entry("pending", 1L));
  }

  @Test
  void what_a_dead_worker_left_is_recovered_when_its_lease_is_over() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("left behind"));
    claimAs("dead-worker", Duration.ZERO, event.chunkId());

    untilAllReady(home, 1);
    assertVectorFits(event.chunkId());
  }

  @Test
  void what_a_living_worker_holds_is_left_alone() {
    Rows.Home home = rows.project();
    MessageUpserted held = rows.chunk(home, unique("held"));
    claimAs("living-worker", Duration.ofMinutes(30), held.chunkId());
    rows.chunk(home, unique("free"), LONG_DUE);

    announce(held);

    until().until(() -> rows.statuses(home).containsKey("ready"));
    assertThat(rows.statuses(home)).isEqualTo(Map.of("processing", 1L, "ready", 1L));
  }

  @Test
  void a_broken_answer_is_charged_and_tried_again_after_a_while() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("badly answered"));
    OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.NAN));
    announce(event);
    until().until(() -> rows.read(event.chunkId()).attempts() == 1);
    assertThat(rows.read(event.chunkId()).status()).isEqualTo("pending");
    assertThat(rows.read(event.chunkId()).error()).contains("not finite");

    rows.makeDue(home);

    untilAllReady(home, 1);
    assertThat(rows.read(event.chunkId()).error()).isNull();
  }

  @Test
  void a_row_fails_after_the_last_attempt_and_says_why() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("always badly answered"));
    OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.MISSING_VECTOR).always());
    announce(event);

    until()
        .until(
            () -> {
              rows.makeDue(home);
              return rows.read(event.chunkId()).status().equals("failed");
            });

    assertThat(rows.read(event.chunkId()).attempts()).isEqualTo(5);
    assertThat(rows.read(event.chunkId()).error()).contains("0 vectors for 1 texts");
  }

  @Test
  void an_outage_charges_nothing_and_the_rows_are_ready_when_it_is_over() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 30, LONG_DUE);
    var outage = OPEN_AI.troubles().add(Trouble.status(503).always());
    until().until(() -> outage.hits() >= 2);
    assertThat(rows.statuses(home)).doesNotContainKey("failed");

    outage.close();

    untilAllReady(home, events.size());
    assertThat(rows.read(events.getFirst().chunkId()).attempts()).isZero();
  }

  @Test
  void a_flood_in_one_project_does_not_delay_the_few_rows_of_another() {
    OPEN_AI.settings().latency(Duration.ofMillis(200));
    Rows.Home flood = rows.project();
    List<MessageUpserted> many = chunks(flood, 6000, LONG_DUE);
    until().until(() -> rows.statuses(flood).containsKey("ready"));

    Rows.Home other = rows.project();
    chunks(other, 10, LONG_DUE);

    untilAllReady(other, 10);
    assertThat(rows.statuses(flood)).as("the flood is still waiting").containsKey("pending");
    untilAllReady(flood, many.size());
  }

  private void claimAs(String worker, Duration lease, long chunkId) {
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings(worker, lease, 5));
    assertThat(claims.claim(List.of(chunkId), List.of())).hasSize(1);
  }
}
