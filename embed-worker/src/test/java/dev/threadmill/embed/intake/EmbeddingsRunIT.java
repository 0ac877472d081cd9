package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.Trouble;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;

class EmbeddingsRunIT extends WorkerTest {
  @Autowired private MeterRegistry meters;
  @Autowired private RunHistory runHistory;

  @Test
  void a_run_drains_the_backlog_of_its_project_and_of_no_other() {
    Rows.Home home = rows.project();
    Rows.Home other = rows.project();
    chunks(home, 1030, Duration.ZERO);
    chunks(other, 3, Duration.ZERO);

    JobRun run = untilFinished(requestRun(home));

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", 1030L));
    assertThat(rows.statuses(other)).containsOnly(Map.entry("pending", 3L));
    assertThat(run.processedCount()).isEqualTo(1030);
    assertThat(run.result().path("status").asString()).isEqualTo("drained");
    assertThat(run.result().path("claimed").asInt()).isEqualTo(1030);
    assertThat(run.result().path("ready").asInt()).isEqualTo(1030);
    assertThat(run.result().path("requests").asInt()).isEqualTo(11);
    assertThat(run.result().path("tokens").asLong()).isEqualTo(OPEN_AI.log().tokens());
    assertThat(run.result().path("cost_usd").decimalValue())
        .isEqualByComparingTo(java.math.BigDecimal.valueOf(OPEN_AI.log().tokens() * 2, 8));
    assertThat(run.result().path("duration_ms").isNumber()).isTrue();
    assertThat(lines(run))
        .contains(
            "1030 chunks wait",
            "drained: 1030 chunks ready, 0 of them without a request, 0 failed, 0 wait; 11 requests, %d tokens"
                .formatted(OPEN_AI.log().tokens()));
  }

  @Test
  void a_run_is_idle_when_nothing_waits() {
    JobRun run = untilFinished(requestRun(rows.project()));

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.result().path("status").asString()).isEqualTo("idle");
  }

  @Test
  void one_bad_text_fails_alone_and_is_found_with_few_requests() {
    for (int place : List.of(0, 37, 99)) {
      OPEN_AI.log().reset();
      OPEN_AI.settings().clearPoison();
      OPEN_AI.settings().poison("<" + place + ">");
      Rows.Home home = rows.project();
      List<MessageUpserted> chunks = chunks(home, 100, Duration.ZERO);

      JobRun run = untilFinished(requestRun(home));

      assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
      assertThat(rows.statuses(home)).isEqualTo(Map.of("ready", 99L, "failed", 1L));
      Rows.Chunk bad = rows.read(chunks.get(place).chunkId());
      assertThat(bad.status()).isEqualTo("failed");
      assertThat(bad.error()).contains("'$.input' is invalid");
      assertThat(rows.read(chunks.get(50).chunkId()).attempts()).isZero();
      assertThat(OPEN_AI.log().requests()).isLessThanOrEqualTo(15);
      assertThat(run.result().path("requests").asLong()).isEqualTo(OPEN_AI.log().requests());
    }
  }

  @Test
  void a_provider_that_refuses_every_text_fails_no_row() {
    OPEN_AI.settings().poison("e");
    Rows.Home home = rows.project();
    chunks(home, 100, Duration.ZERO);

    JobRun run = untilFinished(requestRun(home));

    assertThat(run.status()).isEqualTo(RunStatus.FAILED);
    assertThat(run.errorClass()).isEqualTo("every_text_refused");
    assertThat(rows.statuses(home)).containsOnly(Map.entry("pending", 100L));
    assertThat(OPEN_AI.log().requests()).isLessThan(10);
  }

  @Test
  void a_refused_key_ends_the_run_with_what_to_do_and_charges_nothing() {
    OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.INVALID_KEY).always());
    Rows.Home home = rows.project();
    List<MessageUpserted> chunks = many(home, 5000);

    JobRun run = untilFinished(requestRun(home));

    assertThat(run.status()).isEqualTo(RunStatus.FAILED);
    assertThat(run.errorClass()).isEqualTo("invalid_api_key");
    assertThat(run.error()).contains("OPENAI_API_KEY");
    assertThat(lines(run)).contains("5000 chunks wait", "waits: invalid_api_key");
    assertThat(lines(run)).noneMatch(line -> line.contains(OpenAiSettings.KEY));
    assertThat(rows.statuses(home)).containsOnly(Map.entry("pending", 5000L));
    assertThat(rows.read(chunks.getFirst().chunkId()).attempts()).isZero();
    assertThat(meters.get("threadmill.embed.held").tag("reason", "refused").gauge().value())
        .isEqualTo(1);
    // Those that were under way when the first refusal came.
    assertThat(OPEN_AI.log().requests()).isLessThanOrEqualTo(lanes.count());
  }

  @Test
  void a_rate_limit_holds_all_requests_and_costs_no_attempt() {
    OPEN_AI.troubles().add(Trouble.rateLimited(Duration.ofSeconds(3)).times(1));
    Rows.Home home = rows.project();
    List<MessageUpserted> chunks = chunks(home, 100, Duration.ZERO);

    JobRun run = untilFinished(requestRun(home));

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", 100L));
    assertThat(rows.read(chunks.getFirst().chunkId()).attempts()).isZero();
    assertThat(OPEN_AI.log().requests()).isEqualTo(2);
    assertThat(run.result().path("held_back").asInt()).isEqualTo(100);
    assertThat(lines(run)).containsSubsequence("waits: rate_limit_exceeded", "goes on");
    var times = OPEN_AI.log().requestTimes();
    assertThat(Duration.between(times.get(0), times.get(1)))
        .isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  @Test
  @DirtiesContext // the worker has learned something that is not true of the next test's provider
  void the_limit_of_a_smaller_server_is_learned_and_no_row_fails_for_it() {
    OPEN_AI.settings().maxInputs(10, 400);
    OPEN_AI.settings().flatErrors(true);
    Rows.Home home = rows.project();
    chunks(home, 100, Duration.ZERO);
    try {
      JobRun first = untilFinished(requestRun(home));
      assertThat(first.status()).isEqualTo(RunStatus.OK);
      OPEN_AI.log().reset();
      chunks(home, 60, Duration.ZERO);

      JobRun second = untilFinished(requestRun(home));

      assertThat(second.status()).isEqualTo(RunStatus.OK);
      assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", 160L));
      assertThat(OPEN_AI.log().requestsByStatus()).doesNotContainKey(400);
      assertThat(OPEN_AI.log().requests()).isLessThanOrEqualTo(10);
    } finally {
      OPEN_AI.settings().maxInputs(2048, 400);
      OPEN_AI.settings().flatErrors(false);
    }
  }

  @Test
  void a_request_that_is_too_large_for_a_minute_is_split_and_the_next_one_is_whole_again() {
    OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.TOO_LARGE_FOR_MINUTE));
    Rows.Home home = rows.project();
    chunks(home, 100, Duration.ZERO);
    assertThat(untilFinished(requestRun(home)).status()).isEqualTo(RunStatus.OK);
    assertThat(OPEN_AI.log().requests()).isEqualTo(3);

    chunks(home, 100, Duration.ZERO);
    assertThat(untilFinished(requestRun(home)).status()).isEqualTo(RunStatus.OK);

    assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", 200L));
    assertThat(OPEN_AI.log().requests()).as("no limit was learned from it").isEqualTo(4);
  }

  @Test
  void no_more_requests_are_under_way_than_there_are_lanes() {
    OPEN_AI.settings().latency(Duration.ofMillis(100));
    Rows.Home home = rows.project();
    many(home, 5000);

    assertThat(untilFinished(requestRun(home)).status()).isEqualTo(RunStatus.OK);

    assertThat(OPEN_AI.log().maxConcurrency()).isBetween(1, lanes.count());
  }

  @Test
  void a_broken_answer_is_paid_all_the_same() {
    OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.MISSING_VECTOR));
    Rows.Home home = rows.project();
    String series = unique("of series");
    announce(
        rows.chunks(
            home, IntStream.range(0, 10).mapToObj(i -> "text " + i + " " + series).toList()));
    // The announcements may come in two batches; then only one of the two answers is broken.
    until().until(() -> used(home, "inputs") > 0);

    until()
        .until(
            () -> {
              rows.makeDue(home);
              return rows.statuses(home).equals(Map.of("ready", 10L));
            });

    assertThat(used(home, "ready")).isEqualTo(10);
    assertThat(used(home, "repeated")).isBetween(1L, 10L);
    assertThat(used(home, "inputs")).isEqualTo(10 + used(home, "repeated"));
    assertThat(used(home, "tokens"))
        .as("a broken answer is booked by the estimate, which is never below the provider's count")
        .isGreaterThanOrEqualTo(OPEN_AI.log().tokens());
  }

  private long used(Rows.Home home, String column) {
    return rows.jdbc()
        .sql(
            "select coalesce(sum("
                + column
                + "), 0) from embedding_usage where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  @Test
  void a_text_that_is_too_long_is_cut_and_says_so() {
    Rows.Home home = rows.project();
    String text = unique("start") + " the same again".repeat(9000);
    MessageUpserted chunk = rows.chunk(home, text);

    JobRun run = untilFinished(requestRun(home));

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(rows.read(chunk.chunkId()).status()).isEqualTo("ready");
    assertThat(rows.read(chunk.chunkId()).error()).contains("too long for the model");
  }

  @Test
  void a_cancelled_run_stops_and_what_is_under_way_is_stored() {
    Rows.Home home = rows.project();
    many(home, 5000);
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG).always());
    UUID run = requestRun(home);
    until().until(() -> hanging.hits() > 0);

    rows.jdbc()
        .sql("update job_runs set cancel_requested_at = now() where id = :id")
        .param("id", run)
        .update();
    assertThat(untilFinished(run).status()).isEqualTo(RunStatus.CANCELLED);
    hanging.close();

    until().until(() -> !rows.statuses(home).containsKey("processing"));
    assertThat(rows.statuses(home).get("ready"))
        .isEqualTo(OPEN_AI.log().inputsEmbedded())
        .isLessThan(5000);
  }

  @Test
  void a_run_whose_lanes_have_stopped_waits_for_what_comes_and_does_not_turn_in_circles() {
    Rows.Home home = rows.project();
    chunks(home, 10, Duration.ZERO);
    lanes.stop();
    UUID run = requestRun(home);
    try {
      until().until(() -> run(run).status() == RunStatus.RUNNING);
      // A batch is a thread; in circles there are thousands of them.
      long before = threadsSoFar();
      until().during(Duration.ofSeconds(1)).until(() -> threadsSoFar() - before < 500);
    } finally {
      lanes.start();
    }

    assertThat(untilFinished(run).status()).isEqualTo(RunStatus.OK);
    assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", 10L));
  }

  /** The JVM numbers its threads, virtual ones too, one after the other. */
  private static long threadsSoFar() {
    return Thread.ofVirtual().unstarted(() -> {}).threadId();
  }

  private List<String> lines(JobRun run) {
    return runHistory
        .lines(run.projectId(), run.id())
        .valueStream()
        .map(line -> line.path("message").asString())
        .toList();
  }

  private List<MessageUpserted> many(Rows.Home home, int count) {
    String series = unique("of series");
    return rows.chunks(
        home, IntStream.range(0, count).mapToObj(i -> "message " + i + " " + series).toList());
  }
}
