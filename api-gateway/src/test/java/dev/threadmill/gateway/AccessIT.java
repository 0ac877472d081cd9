package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller.Answer;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class AccessIT {
  @LocalServerPort private int port;
  @LocalManagementPort private int managementPort;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Rows others;

  @BeforeEach
  void two_projects() {
    rows = new Rows(jdbc);
    others = new Rows(jdbc);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/jobs/status",
        "/v1/jobs/status",
        "/jobs/runs",
        "/projects",
        "/jobs/scheduler",
        "/nothing"
      })
  void everything_is_closed_without_a_token(String path) {
    for (Caller caller :
        new Caller[] {
          Caller.anonymous(port),
          Caller.anonymous(port).token("wrong"),
          Caller.anonymous(port).with("Authorization", "Basic dXNlcjpwYXNz")
        }) {
      Answer answer = caller.get(path);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.code()).isEqualTo("unauthorized");
      assertThat(answer.response().headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/openapi.json", "/docs", "/v1/openapi.json"})
  void the_landing_page_and_the_contract_are_open(String path) {
    assertThat(Caller.anonymous(port).get(path).status()).isIn(200, 302);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/actuator/health/liveness", "/actuator/health/readiness", "/actuator/prometheus"})
  void health_and_metrics_are_served_on_the_management_port_alone(String path) {
    assertThat(Caller.anonymous(managementPort).get(path).status()).isEqualTo(200);
    assertThat(Caller.admin(port).get(path).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "read,  GET,  /jobs/status,         200",
    "read,  POST, /jobs/chatwoot/sync,  403",
    "read,  POST, /jobs/scheduler/tick, 403",
    "run,   GET,  /jobs/status,         200",
    "run,   POST, /jobs/chatwoot/sync,  202",
    "run,   POST, /jobs/scheduler/tick, 202",
    "run,   DELETE, /projects,          403",
    "admin, POST, /jobs/embeddings/run, 202"
  })
  void a_scope_allows_what_it_says(String scope, String method, String path, int status) {
    String token = rows.token(scope, rows.project, "1 hour");

    assertThat(Caller.anonymous(port).token(token).call(method, path, null).status())
        .isEqualTo(status);
  }

  @Test
  void an_expired_or_revoked_token_is_refused() {
    String expired = rows.token("admin", null, "-1 second");
    String revoked = rows.token("admin", null, "1 hour");
    assertThat(Caller.anonymous(port).token(revoked).get("/projects").status()).isEqualTo(200);

    jdbc.sql("update api_tokens set revoked_at = now() where expires_at > now()").update();

    assertThat(Caller.anonymous(port).token(expired).get("/projects").status()).isEqualTo(401);
    assertThat(Caller.anonymous(port).token(revoked).get("/projects").status()).isEqualTo(401);
  }

  @Test
  void a_token_for_all_projects_must_name_one() {
    Answer answer = Caller.admin(port).get("/jobs/status");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.code()).isEqualTo("project_required");
    assertThat(Caller.admin(port).get("/jobs/status?project_id=" + rows.project).status())
        .isEqualTo(200);
    assertThat(Caller.admin(port).of(rows.project).get("/jobs/status").status()).isEqualTo(200);
  }

  @Test
  void another_project_is_as_unknown_as_one_that_does_not_exist() {
    Caller bound = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
    UUID run =
        UUID.fromString(
            Caller.admin(port)
                .of(others.project)
                .post("/jobs/chatwoot/sync")
                .json()
                .path("run_id")
                .asString());

    for (Answer answer :
        new Answer[] {
          bound.of(others.project).get("/jobs/status"),
          bound.get("/jobs/status?project_id=" + others.project),
          bound.get("/jobs/runs/" + run),
          bound.get("/jobs/runs/" + run + "/events"),
          bound.post("/jobs/runs/" + run + "/cancel"),
          bound.get("/projects/" + others.project + "/sources"),
          Caller.admin(port).of(UUID.randomUUID()).get("/jobs/status")
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("not_found");
    }
    assertThat(bound.get("/projects").json().path("items").size()).isEqualTo(1);
    assertThat(Caller.admin(port).get("/projects").json().path("items").size()).isGreaterThan(1);
  }

  @Test
  void a_source_is_shown_without_credentials() {
    jdbc.sql("update project_sources set credentials = 'secret'::bytea where project_id = :project")
        .param("project", rows.project)
        .update();

    Answer answer = Caller.admin(port).get("/projects/" + rows.project + "/sources");

    assertThat(answer.json().path("items").path(0).path("account_id").asLong())
        .isEqualTo(rows.account());
    assertThat(answer.text()).doesNotContain("credential", "secret");
  }
}
