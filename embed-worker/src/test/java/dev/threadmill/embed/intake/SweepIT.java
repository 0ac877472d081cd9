package dev.threadmill.embed.intake;

import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;

class SweepIT extends WorkerTest {
  @Autowired private ProviderGate gate;
  @Autowired private ChunkClaims claims;
  @Autowired private TextsInFlight inFlight;

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
  void an_outage_is_noticed_after_few_requests_and_asked_for_with_one_at_a_time() {
    Rows.Home home = rows.project();
    var outage = OPEN_AI.troubles().add(Trouble.status(503).always());
    waiting(home, 2500);

    until().until(() -> "unavailable".equals(holdKind()));
    until().until(() -> rows.statuses(home).equals(Map.of("pending", 2500L)));
    int first = outage.hits();
    assertThat(first).isLessThanOrEqualTo(lanes.count());
    for (int probe = 1; probe <= 3; probe++) {
      int hits = first + probe;
      the_wait_is_over();
      until().until(() -> outage.hits() >= hits && isHeld());
      assertThat(outage.hits()).as("one asks").isEqualTo(hits);
    }

    outage.close();
    the_wait_is_over();
    untilAllReady(home, 2500);
    assertThat(attempts(home)).isZero();
  }

  /** Ever longer waits follow each other while the provider is away. */
  private void the_wait_is_over() {
    rows.jdbc().sql("update provider_budgets set held_until = now()").update();
  }

  private boolean isHeld() {
    return rows.jdbc()
        .sql("select held_until > now() from provider_budgets")
        .query(Boolean.class)
        .single();
  }

  private String holdKind() {
    return rows.jdbc()
        .sql("select coalesce(hold_kind, 'none') from provider_budgets")
        .query(String.class)
        .single();
  }

  @Test
  void a_flood_in_one_project_does_not_delay_the_few_rows_of_another() {
    OPEN_AI.settings().latency(Duration.ofMillis(200));
    Rows.Home flood = rows.project();
    waiting(flood, 3000);
    until().until(() -> rows.statuses(flood).containsKey("ready"));

    Rows.Home other = rows.project();
    waiting(other, 10);

    untilAllReady(other, 10);
    untilAllReady(flood, 3000);
    assertThat(lastEmbedded(other)).isBefore(lastEmbedded(flood));
  }

  @Test
  void projects_late_in_the_list_get_their_turns_while_the_first_ones_are_flooded() {
    OPEN_AI.settings().latency(Duration.ofMillis(200));
    List<Rows.Home> floods = IntStream.range(0, 5).mapToObj(i -> rows.project()).toList();
    floods.forEach(flood -> waiting(flood, 800));
    weight(floods.getFirst(), 100);
    until().until(() -> rows.statuses(floods.getFirst()).containsKey("ready"));
    List<Rows.Home> few = IntStream.range(0, 10).mapToObj(i -> rows.project()).toList();
    few.forEach(home -> waiting(home, 5));

    few.forEach(home -> untilAllReady(home, 5));
    floods.forEach(flood -> untilAllReady(flood, 800));

    Instant floodsEnd = floods.stream().map(this::lastEmbedded).max(naturalOrder()).orElseThrow();
    assertThat(few).allSatisfy(home -> assertThat(lastEmbedded(home)).isBefore(floodsEnd));
  }

  @Test
  void a_text_that_the_server_falls_over_is_found_and_charged_alone() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 100, Duration.ZERO);
    long deadly = events.get(37).chunkId();
    OPEN_AI.troubles().add(Trouble.status(500).always().onInputsContaining("<37>"));

    announce(events);

    until().until(() -> rows.read(deadly).attempts() == 1);
    assertThat(rows.read(deadly).status()).isEqualTo("pending");
    until().until(() -> rows.statuses(home).equals(Map.of("ready", 99L, "pending", 1L)));
    assertThat(attempts(home)).isEqualTo(1);
    until()
        .until(
            () -> {
              rows.makeDue(home);
              return rows.read(deadly).status().equals("failed");
            });
    assertThat(rows.read(deadly).attempts()).isEqualTo(5);
    assertThat(rows.read(deadly).error()).contains("500", "answers others");
  }

  @Test
  void several_texts_that_the_server_falls_over_keep_nobody_else_waiting() {
    Rows.Home home = rows.project();
    OPEN_AI.troubles().add(Trouble.status(502).always().onInputsContaining("deadly"));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      texts.add(unique(i % 100 == 0 ? "deadly" : "harmless"));
    }
    announce(rows.chunks(home, texts));

    until()
        .until(
            () -> {
              rows.makeDue(home);
              return rows.statuses(home).equals(Map.of("ready", 396L, "failed", 4L));
            });
  }

  @Test
  void an_answer_that_can_not_be_stored_is_charged_and_not_paid_for_ever() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("no vector of it can be written"));
    rows.jdbc()
        .sql(
            """
            alter table rag_chunks add constraint test_of_a_fault
            check (embedding_status <> 'ready' or text not like 'no vector of it%')
            """)
        .update();
    try {
      announce(event);
      until()
          .until(
              () -> {
                rows.makeDue(home);
                return rows.read(event.chunkId()).status().equals("failed");
              });
    } finally {
      rows.jdbc().sql("alter table rag_chunks drop constraint test_of_a_fault").update();
    }

    assertThat(rows.read(event.chunkId()).attempts()).isEqualTo(5);
    assertThat(rows.read(event.chunkId()).error()).contains("unexpected error");
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(5);
    assertThat(usage(home, "inputs")).as("paid all the same").isEqualTo(5);
    assertThat(usage(home, "tokens")).isEqualTo(OPEN_AI.log().tokens());
    assertThat(usage(home, "repeated")).isEqualTo(4);
    assertThat(usage(home, "ready")).isZero();
  }

  @Test
  void what_no_outage_keeps_from_being_stored_is_charged_at_once() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("above a limit of PostgreSQL's"));
    // Spring tells it like a database that is away; its code tells that waiting does not help.
    rows.jdbc()
        .sql(
            """
            create function test_of_a_limit() returns trigger language plpgsql as $$
            begin raise exception 'a limit of the program' using errcode = '54000'; end $$
            """)
        .update();
    rows.jdbc()
        .sql(
            """
            create trigger test_of_a_limit before update on rag_chunks for each row
            when (new.embedding_status = 'ready' and new.text like 'above a limit%')
            execute function test_of_a_limit()
            """)
        .update();
    try {
      announce(event);
      until().until(() -> rows.read(event.chunkId()).attempts() == 1);
    } finally {
      rows.jdbc().sql("drop function test_of_a_limit cascade").update();
    }

    assertThat(rows.read(event.chunkId()).error()).contains("unexpected error");
  }

  @Test
  void what_was_claimed_when_the_database_went_away_is_put_back_uncharged()
      throws InterruptedException {
    Rows.Home home = rows.project();
    MessageUpserted lost = rows.chunk(home, unique("claimed, but the answer never came"));

    lanes.submit(
        () -> {
          claims.claim(List.of(lost.chunkId()), List.of());
          inFlight.take(List.of(lost.textHash()), new EmbeddingModel(MODEL));
          throw new DataAccessResourceFailureException("the connection was cut");
        },
        () -> false,
        Duration.ofSeconds(10));

    untilAllReady(home, 1);
    assertThat(rows.read(lost.chunkId()).fence()).as("claims").isEqualTo(2);
    assertThat(rows.read(lost.chunkId()).attempts()).isZero();
  }

  @Test
  void a_row_whose_workers_die_again_and_again_fails_in_the_end() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("ends every worker"));
    rows.jdbc()
        .sql(
            """
            update rag_chunks set embedding_status = 'processing', claimed_by = 'dead', embedding_attempts = 4,
              lease_until = now() where id = :id
            """)
        .param("id", event.chunkId())
        .update();

    until().until(() -> !rows.read(event.chunkId()).status().equals("processing"));

    assertThat(rows.read(event.chunkId()).status()).isEqualTo("failed");
    assertThat(rows.read(event.chunkId()).error()).contains("its worker ended");
  }

  @Test
  void rows_are_not_written_to_and_fro_while_the_limit_a_minute_is_used_up() {
    Rows.Home home = rows.project();
    // As if other workers had taken 25 s of the account's requests in advance.
    rows.chunk(home, unique("the first one creates the account's row"), LONG_DUE);
    untilAllReady(home, 1);
    rows.jdbc()
        .sql(
            """
            update provider_budgets set requests_per_minute = 6000, requests_left = -2500, measured_at = clock_timestamp()
            """)
        .update();

    waiting(home, 2500);

    until().until(() -> gate.closed().isPresent());
    assertThat(gate.closed().orElseThrow().code()).isEqualTo("budget_used_up");
    // Some sweeps, all of which find everything due.
    until()
        .during(Duration.ofSeconds(4))
        .until(() -> claims(home) <= 1 + 100L * lanes.count() && gate.closed().isPresent());
    // The rest of the 25 s passes.
    rows.jdbc()
        .sql("update provider_budgets set measured_at = measured_at - interval '25 s'")
        .update();
    rows.makeDue(home);
    untilAllReady(home, 2501);
    assertThat(claims(home)).isLessThanOrEqualTo(2501 + 100L * lanes.count());
  }

  private long claims(Rows.Home home) {
    return rows.jdbc()
        .sql("select sum(embedding_fence) from rag_chunks where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  @Test
  void a_paid_answer_whose_row_was_edited_serves_the_next_row_with_that_text() {
    Rows.Home home = rows.project();
    String text = unique("thank you");
    MessageUpserted first = rows.chunk(home, text);
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG));
    announce(first);
    until().until(() -> hanging.hits() == 1);
    MessageUpserted second = rows.chunk(home, text, LONG_DUE);
    until().until(() -> rows.read(second.chunkId()).fence() > 0);

    rows.edit(first.chunkId(), unique("edited while it was under way"));
    hanging.close();

    untilAllReady(home, 2);
    assertThat(OPEN_AI.log().timesEmbedded(text)).isEqualTo(1);
    assertVectorFits(second.chunkId());
    assertThat(usage(home, "inputs")).isEqualTo(2);
    assertThat(usage(home, "ready"))
        .as("the answer that came too late made no row ready")
        .isEqualTo(2);
  }

  @Test
  void rows_behind_a_text_that_a_dead_worker_holds_wait_ever_longer_and_are_served_in_the_end() {
    Rows.Home home = rows.project();
    String text = unique("held by a dead worker");
    rows.jdbc()
        .sql(
            """
            insert into texts_in_flight (text_hash, model, worker, lease_until)
            values (:hash, :model, 'dead-worker', now() + interval '6 s')
            """)
        .param("hash", Rows.hash(text))
        .param("model", MODEL)
        .update();
    MessageUpserted event = rows.chunk(home, text, LONG_DUE);

    untilAllReady(home, 1);

    assertThat(rows.read(event.chunkId()).fence()).as("claims").isLessThanOrEqualTo(3);
    assertThat(usage(home, "repeated")).isEqualTo(1);
  }

  private long attempts(Rows.Home home) {
    return rows.jdbc()
        .sql("select sum(embedding_attempts) from rag_chunks where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  private long usage(Rows.Home home, String column) {
    return rows.jdbc()
        .sql("select sum(" + column + ") from embedding_usage where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  private void weight(Rows.Home home, int weight) {
    rows.jdbc()
        .sql("update projects set embedding_weight = :weight where id = :project")
        .param("weight", weight)
        .param("project", home.projectId())
        .update();
  }

  /** Rows that are long due, all at once. */
  private void waiting(Rows.Home home, int count) {
    String series = unique("of series");
    rows.chunks(
        home,
        IntStream.range(0, count).mapToObj(i -> "message " + i + " " + series).toList(),
        LONG_DUE);
  }

  private Instant lastEmbedded(Rows.Home home) {
    return rows.jdbc()
        .sql("select max(last_embedded_at) as last from rag_chunks where project_id = :project")
        .param("project", home.projectId())
        .query((row, number) -> Columns.requiredInstant(row, "last"))
        .single();
  }

  private void claimAs(String worker, Duration lease, long chunkId) {
    var claims = new ChunkClaims(rows.jdbc(), new ClaimSettings(worker, lease, 5));
    assertThat(claims.claim(List.of(chunkId), List.of())).hasSize(1);
  }
}
