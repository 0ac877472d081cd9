package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.gateway.Caller.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@GatewayTest
class ProblemsIT {
  private static final String SYNC = "/jobs/scheduler/chatwoot_sync";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private TransactionTemplate transaction;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /nothing                | -                      | 404 | not_found",
        "DELETE | /jobs/status            | -                      | 405 | method_not_allowed",
        "GET    | /search                 | -                      | 405 | method_not_allowed",
        "GET    | /jobs/runs/no-uuid      | -                      | 400 | invalid_request",
        "POST   | /search                 | {                      | 400 | invalid_body",
        "POST   | /search                 | []                     | 400 | invalid_body",
        "POST   | /search                 | {\"query\":{}}         | 400 | invalid_body",
        "POST   | /search                 | {\"qerry\":\"x\"}      | 400 | invalid_body",
        "POST   | /search                 | {}                     | 400 | invalid_request",
        "POST   | /search                 | {\"query\":\"x\",\"top_k\":51} | 400 | invalid_request",
        "POST   | /search                 | {\"query\":\"x\",\"created_after\":\"soon\"} | 400 | invalid_body",
        "POST   | /search                 | {\"query\":\"x\",\"created_after\":\"+300000-01-01T00:00:00Z\"} | 400 | invalid_request",
        "POST   | /search                 | -                      | 400 | invalid_body"
      })
  void a_wrong_request_is_answered_with_a_problem_that_names_what_is_wrong(
      String method, String path, String body, int status, String code) {
    Answer answer = caller.call(method, path, body.equals("-") ? null : body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.response().headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/problem+json");
    assertThat(answer.json().path("detail").asString()).isNotBlank();
    assertThat(answer.json().path("request_id").asString())
        .isEqualTo(answer.response().headers().firstValue("X-Request-Id").orElseThrow());
    assertThat(answer.text()).doesNotContain("Exception", "dev.threadmill", "org.springframework");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//jobs/status", "/jobs/status;x=1", "/jobs/%2e%2e/status"})
  void a_path_that_is_refused_before_any_controller_is_a_problem_too(String path) {
    Answer answer = caller.get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("bad_request");
    assertThat(answer.json().path("request_id").asString()).isNotBlank();
  }

  @Test
  void while_the_database_is_away_the_answer_says_so_and_afterwards_all_is_well() throws Exception {
    Caller withTableToken = caller.token("a-token-that-only-the-table-could-know-0123456789");
    Caller sender = caller.with("Idempotency-Key", "away-" + rows.project);
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(() -> sender.post("/jobs/chatwoot/sync?wait=29"));
    await().until(() -> runs("status = 'queued'") == 1);
    GatewayServers.lockDatabase();
    try {
      for (Caller anyone : List.of(caller, withTableToken)) {
        Answer answer = anyone.get("/jobs/status");
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("database_unavailable");
      }
    } finally {
      GatewayServers.unlockDatabase();
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> caller.get("/jobs/status").status() == 200);
    assertThatWhoWaitedIsToldTheRun(waiting, sender);
  }

  /** Or the key of the request would hold the outage for a day. */
  private void assertThatWhoWaitedIsToldTheRun(CompletableFuture<Answer> waiting, Caller sender) {
    jdbc.sql("update job_runs set status = 'ok', finished_at = now() where project_id = :p")
        .param("p", rows.project)
        .update();
    Answer told = waiting.join();
    assertThat(told.status()).as(told.text()).isIn(200, 202);
    assertThat(runs("id = '" + told.json().path("run_id").asString() + "'")).isEqualTo(1);
    Answer again = sender.post("/jobs/chatwoot/sync?wait=29");
    assertThat(again.text()).isEqualTo(told.text());
    assertThat(again.response().headers().firstValue("Idempotent-Replayed")).contains("true");
  }

  private long runs(String which) {
    return jdbc.sql("select count(*) from job_runs where project_id = :p and " + which)
        .param("p", rows.project)
        .query(Long.class)
        .single();
  }

  /** Which of two the database gives up depends on their pace: until it is the gateway's. */
  @Test
  void a_change_that_is_given_up_for_another_is_a_conflict_and_nothing_of_it_is_done() {
    jdbc.sql(
            "insert into scheduled_jobs (project_id, job_type, cadence_seconds) values (:p, 'chatwoot_sync', 900)")
        .param("p", rows.project)
        .update();

    Answer answer =
        await()
            .atMost(Duration.ofSeconds(90))
            .ignoreExceptions()
            .until(this::collide, collided -> collided.status() == 503);

    assertThat(answer.code()).isEqualTo("conflict");
    assertThat(answer.json().path("detail").asString()).contains("try again");
    assertThat(jitter()).isZero();
    assertThat(caller.call("PATCH", SYNC, "{\"jitter_seconds\":7}").status()).isEqualTo(200);
    assertThat(jitter()).isEqualTo(7);
  }

  /** The change has the schedule and wants the audit log; whoever has that wants the schedule. */
  private Answer collide() throws Exception {
    jdbc.sql("update scheduled_jobs set jitter_seconds = 0 where project_id = :p")
        .param("p", rows.project)
        .update();
    try (var threads = Executors.newFixedThreadPool(1)) {
      Future<Answer> answer =
          transaction.execute(
              status -> {
                jdbc.sql("lock table audit_log in share row exclusive mode").update();
                Future<Answer> changing =
                    threads.submit(() -> caller.call("PATCH", SYNC, "{\"jitter_seconds\":7}"));
                await()
                    .pollInterval(Duration.ofMillis(10))
                    .until(this::somebodyWaitsForTheAuditLog);
                jdbc.sql("select id from scheduled_jobs where project_id = :p for update")
                    .param("p", rows.project)
                    .query(Long.class)
                    .single();
                return changing;
              });
      return answer.get();
    }
  }

  private boolean somebodyWaitsForTheAuditLog() {
    return jdbc.sql(
            """
            select exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into audit_log%')
            """)
        .query(Boolean.class)
        .single();
  }

  private int jitter() {
    return jdbc.sql("select jitter_seconds from scheduled_jobs where project_id = :p")
        .param("p", rows.project)
        .query(Integer.class)
        .single();
  }

  @Test
  void the_contract_tells_of_each_call_that_it_may_come_at_a_bad_moment() {
    var paths = caller.get("/openapi.json").json().path("paths");

    assertThat(paths.size()).isPositive();
    paths.forEach(
        path ->
            path.forEach(
                call ->
                    assertThat(call.path("responses").path("503").path("description").asString())
                        .as(call.path("operationId").asString())
                        .contains("conflict", "database_unavailable")));
  }

  @Test
  void an_unknown_field_is_named() {
    assertThat(
            caller
                .call("POST", "/search", "{\"query\":\"x\",\"qerry\":\"x\"}")
                .json()
                .path("detail")
                .asString())
        .contains("'qerry'");
  }

  @Test
  void another_kind_of_body_is_refused() {
    assertThat(caller.with("Content-Type", "text/plain").call("POST", "/search", "x").status())
        .isEqualTo(415);
  }

  @Test
  void the_callers_request_id_is_kept() {
    Answer answer = caller.with("X-Request-Id", "my-id_1.2").get("/jobs/status");

    assertThat(answer.response().headers().firstValue("X-Request-Id")).contains("my-id_1.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"with space", "<script>", "$(rm)", ""})
  void a_request_id_that_is_not_well_formed_is_replaced(String id) {
    Answer answer = caller.with("X-Request-Id", id).get("/jobs/status");

    assertThat(answer.response().headers().firstValue("X-Request-Id").orElseThrow())
        .isNotEqualTo(id)
        .matches("[0-9a-f-]{36}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%00",
        "' or 1=1 --",
        "\u0000",
        "😀",
        "((((",
        "a & | ! <-> :*",
        "\\",
        "\"unbalanced"
      })
  void a_hostile_query_finds_nothing_and_breaks_nothing(String query) {
    Answer answer = caller.post("/search", java.util.Map.of("query", "x " + query));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("hits").size()).isZero();
  }
}
