package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.embed.EmbedWorker;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.request.Lanes;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Three workers on one database, one broker and one account. */
class ManyWorkersIT extends WorkerTest {
  private static final List<ConfigurableApplicationContext> OTHERS = new ArrayList<>();

  @BeforeAll
  static void two_more_workers() {
    for (int i = 0; i < 2; i++) {
      OTHERS.add(
          new SpringApplicationBuilder(EmbedWorker.class)
              .run(
                  ENVIRONMENT.entrySet().stream()
                      .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                      .toArray(String[]::new)));
    }
  }

  @AfterAll
  static void one_worker_again() {
    OTHERS.forEach(ConfigurableApplicationContext::close);
    OTHERS.clear();
  }

  @BeforeEach
  void all_of_them_listen_and_may_send() {
    for (ConfigurableApplicationContext worker : OTHERS) {
      until().until(worker.getBean(KafkaConnection.class)::isUp);
      until().until(() -> worker.getBean(ProviderGate.class).closed().isEmpty());
    }
  }

  @AfterEach
  void nobody_is_at_work() {
    OPEN_AI.troubles().clear();
    rows.deleteChunks();
    OTHERS.forEach(worker -> until().until(() -> worker.getBean(Lanes.class).busy() == 0));
  }

  @Test
  void equal_texts_are_sent_once_however_many_workers_claim_their_rows() {
    leaveStatisticsAlone();
    Rows.Home home = rows.project();
    List<String> texts = new ArrayList<>(Collections.nCopies(3000, unique("thank you!")));
    IntStream.range(0, 7000).forEach(i -> texts.add(unique("message " + i)));
    Collections.shuffle(texts, new Random(7));
    List<MessageUpserted> events = rows.chunks(home, texts);

    rows.jdbc().sql("analyze rag_chunks").update();
    long before = walked();
    announce(events);
    requestRun(home);

    untilAllReady(home, 10_000);
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(7001);
    assertThat(OPEN_AI.log().repeatedInputs()).isZero();
    assertThat(usage(home, "inputs")).isEqualTo(7001);
    assertThat(usage(home, "reused")).isEqualTo(2999);
    assertThat(walked() - before).as("entries walked").isLessThan(10 * 10_000);
    assertVectorFits(events.getLast().chunkId());
  }

  /** As in a first load: what the planner knows is that no row is claimed or ready. */
  private void leaveStatisticsAlone() {
    rows.jdbc().sql("truncate rag_chunks cascade").update();
    rows.jdbc().sql("alter table rag_chunks set (autovacuum_enabled = off)").update();
  }

  /**
   * Entries read in indexes over all claimed or all ready rows: a look for a row by its id or its
   * text must not walk them.
   */
  private long walked() {
    return rows.jdbc()
        .sql(
            """
            select sum(idx_tup_read) from pg_stat_user_indexes
            where indexrelname in ('rag_chunks_leased', 'rag_chunks_ready_model')
            """)
        .query(Long.class)
        .single();
  }

  @Test
  void a_rate_limit_of_one_worker_holds_all_of_them() {
    Rows.Home home = rows.project();
    Duration wait = Duration.ofSeconds(7);
    OPEN_AI.troubles().add(Trouble.rateLimited(wait));
    announce(rows.chunk(home, unique("the first one is told to wait")));
    until().until(() -> OPEN_AI.log().requests() == 1 && heldUntil().isAfter(Instant.now()));

    List<MessageUpserted> events = chunks(home, 3000, Duration.ofHours(2));
    announce(events);
    requestRun(home);

    untilAllReady(home, 3001);
    List<Instant> times = OPEN_AI.log().requestTimes();
    assertThat(Duration.between(times.get(0), times.get(1))).isGreaterThanOrEqualTo(wait);
    assertThat(attempts(home)).isZero();
    assertThat(OPEN_AI.log().requests()).as("batches stay whole").isLessThanOrEqualTo(60);
    assertThat(OPEN_AI.log().repeatedInputs()).isZero();
  }

  @Test
  void a_limit_that_the_headers_tell_is_kept_by_all_together() {
    OPEN_AI.limits().perMinute(120, 0);
    try {
      Rows.Home home = rows.project();
      List<MessageUpserted> events = many(home, 13_000);

      announce(events);

      untilAllReady(home, 13_000);
      assertThat(OPEN_AI.log().requests()).as("more than the bucket held").isGreaterThan(120);
      assertThat(OPEN_AI.log().requestsByStatus()).doesNotContainKey(429);
      assertThat(
              rows.jdbc()
                  .sql("select requests_per_minute from provider_budgets")
                  .query(Long.class)
                  .single())
          .isEqualTo(120);
    } finally {
      OPEN_AI.limits().perMinute(0, 0);
    }
  }

  @Test
  void a_refusal_is_tried_again_by_one_worker_and_lifted_for_all_when_it_is_solved() {
    Rows.Home home = rows.project();
    var refused = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.INSUFFICIENT_QUOTA).always());
    List<MessageUpserted> events = many(home, 9000);
    announce(events);
    until().until(() -> "insufficient_quota".equals(holdCode()));
    until().until(() -> rows.statuses(home).equals(Map.of("pending", 9000L)));
    int burned = refused.hits();
    assertThat(burned).as("those under way at the first").isLessThanOrEqualTo(3 * lanes.count());

    // The time of the next probe, sooner; and again, as long as it is not solved.
    for (int probe = 1; probe <= 2; probe++) {
      int before = refused.hits();
      rows.jdbc().sql("update provider_budgets set held_until = now()").update();
      rows.makeDue(home);
      until().until(() -> refused.hits() > before && heldUntil().isAfter(Instant.now()));
      assertThat(refused.hits()).as("one worker tries").isEqualTo(burned + probe);
    }
    refused.close();
    rows.jdbc().sql("update provider_budgets set held_until = now()").update();

    // Not more often: what is being made due is locked, and skipped by who would claim it.
    until()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              rows.makeDue(home);
              return rows.statuses(home).equals(Map.of("ready", 9000L));
            });
    assertThat(holdCode()).isEqualTo("none");
    assertThat(attempts(home)).isZero();
  }

  private List<MessageUpserted> many(Rows.Home home, int count) {
    String series = unique("of series");
    return rows.chunks(
        home,
        IntStream.range(0, count).mapToObj(i -> "message " + i + " " + series).toList(),
        Duration.ofHours(2));
  }

  private Instant heldUntil() {
    return rows.jdbc()
        .sql("select extract(epoch from held_until)::float8 from provider_budgets")
        .query((row, number) -> Instant.ofEpochMilli((long) (row.getDouble(1) * 1000)))
        .single();
  }

  private String holdCode() {
    return rows.jdbc()
        .sql("select coalesce(hold_code, 'none') from provider_budgets")
        .query(String.class)
        .single();
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
}
