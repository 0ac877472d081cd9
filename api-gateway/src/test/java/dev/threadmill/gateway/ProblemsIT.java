package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.gateway.Caller.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class ProblemsIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Caller caller;

  @BeforeEach
  void a_project() {
    caller = Caller.admin(port).of(new Rows(jdbc).project);
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
