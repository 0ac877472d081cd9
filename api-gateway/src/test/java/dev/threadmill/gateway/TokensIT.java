package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class TokensIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Rows others;

  @BeforeEach
  void two_projects() {
    rows = new Rows(jdbc);
    others = new Rows(jdbc);
  }

  private Answer create(Caller caller, Map<String, ?> fields) {
    Map<String, Object> body = new HashMap<>(Map.of("name", "a cron job", "scope", "run"));
    body.putAll(fields);
    return caller.post("/tokens", body);
  }

  private Caller boundAdmin() {
    return Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
  }

  @Test
  void a_token_is_shown_once_and_works_until_it_is_revoked() {
    Answer created = create(Caller.admin(port), Map.of("project_id", rows.project));
    assertThat(created.status()).as(created.text()).isEqualTo(201);
    String token = created.json().path("token").asString();
    String id = created.json().path("details").path("id").asString();
    assertThat(token).matches("tm_[A-Za-z0-9_-]{43}");
    assertThat(created.response().headers().firstValue("Cache-Control")).contains("no-store");
    Caller holder = Caller.anonymous(port).token(token);
    assertThat(holder.get("/jobs/status").status()).isEqualTo(200);

    String listed = Caller.admin(port).get("/tokens").text();
    assertThat(listed).contains(id).contains(token.substring(0, 9)).doesNotContain(token);
    assertThat(
            jdbc.sql("select count(*) from api_tokens t where t::text like '%' || :token || '%'")
                .param("token", token)
                .query(Long.class)
                .single())
        .isZero();

    assertThat(Caller.admin(port).call("DELETE", "/tokens/" + id, null).status()).isEqualTo(204);
    assertThat(holder.get("/jobs/status").status()).isEqualTo(401);
    assertThat(Caller.admin(port).call("DELETE", "/tokens/" + id, null).status()).isEqualTo(404);
  }

  @Test
  void a_token_remembers_when_it_was_used() {
    String id =
        create(Caller.admin(port), Map.of("project_id", rows.project))
            .json()
            .path("details")
            .path("id")
            .asString();
    assertThat(details(id).path("last_used_at").isNull()).isTrue();
    String token = rows.token("read", rows.project, "1 hour");

    Caller.anonymous(port).token(token).get("/jobs/status");

    assertThat(
            jdbc.sql(
                    "select count(*) from api_tokens where last_used_at is not null and project_id = :p")
                .param("p", rows.project)
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  private JsonNode details(String id) {
    for (JsonNode token : Caller.admin(port).get("/tokens").json().path("items")) {
      if (token.path("id").asString().equals(id)) {
        return token;
      }
    }
    throw new AssertionError("token " + id + " is not listed");
  }

  @Test
  void who_is_bound_to_a_project_gives_out_and_sees_and_revokes_its_tokens_only() {
    String foreign =
        create(Caller.admin(port), Map.of("project_id", others.project))
            .json()
            .path("details")
            .path("id")
            .asString();
    Caller bound = boundAdmin();

    assertThat(create(bound, Map.of("project_id", others.project)).status()).isEqualTo(404);
    assertThat(bound.call("DELETE", "/tokens/" + foreign, null).status()).isEqualTo(404);
    assertThat(bound.get("/tokens").text()).doesNotContain(foreign);
    Answer own = create(bound, Map.of());
    assertThat(own.json().path("details").path("project_id").asString())
        .isEqualTo(rows.project.toString());
  }

  @Test
  void who_names_a_project_sees_and_gives_out_its_tokens_only() {
    String foreign =
        create(Caller.admin(port), Map.of("project_id", others.project))
            .json()
            .path("details")
            .path("id")
            .asString();
    Caller naming = Caller.admin(port).of(rows.project);

    Answer own = create(naming, Map.of());

    assertThat(own.json().path("details").path("project_id").asString())
        .isEqualTo(rows.project.toString());
    assertThat(naming.get("/tokens").text())
        .contains(own.json().path("details").path("id").asString())
        .doesNotContain(foreign);
    assertThat(create(naming, Map.of("project_id", others.project)).status()).isEqualTo(404);
    assertThat(naming.call("DELETE", "/tokens/" + foreign, null).status()).isEqualTo(404);
    assertThat(naming.get("/projects").json().path("items").size()).isEqualTo(1);
    assertThat(naming.get("/projects/" + others.project).status()).isEqualTo(404);
    assertThat(naming.get("/projects/" + rows.project).status()).isEqualTo(200);
    assertThat(naming.get("/audit?project_id=" + others.project).status()).isEqualTo(400);
    assertThat(Caller.admin(port).of(UUID.randomUUID()).get("/tokens").status()).isEqualTo(404);
    assertThat(Caller.admin(port).with("X-Project-Id", "x").get("/tokens").status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "name, '', 'name'",
    "scope, root, 'scope'",
    "expires_at, 2020-01-01T00:00:00Z, 'expires_at'",
    "expires_at, tomorrow, 'expires_at'",
    "project_id, nonsense, 'project_id'",
    "colour, red, 'colour'"
  })
  void a_bad_field_is_named(String field, String value, String named) {
    Answer answer = create(Caller.admin(port), Map.of(field, value));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("detail").asString()).contains(named);
  }

  @Test
  void a_project_that_does_not_exist_has_no_tokens() {
    assertThat(create(Caller.admin(port), Map.of("project_id", UUID.randomUUID())).status())
        .isEqualTo(404);
  }

  @Test
  void tokens_and_audit_are_for_administrators() {
    for (String scope : new String[] {"read", "run"}) {
      Caller caller = Caller.anonymous(port).token(rows.token(scope, null, "1 hour"));
      assertThat(caller.get("/tokens").status()).isEqualTo(403);
      assertThat(create(caller, Map.of()).status()).isEqualTo(403);
      assertThat(caller.get("/audit").status()).isEqualTo(403);
    }
  }

  @Test
  void what_was_changed_can_be_read_by_whom_and_from_where_without_secrets() {
    Caller bound = boundAdmin();
    Answer created = create(bound, Map.of("name", "for the audit"));
    String token = created.json().path("token").asString();
    String id = created.json().path("details").path("id").asString();
    bound.call("DELETE", "/tokens/" + id, null);
    create(Caller.admin(port), Map.of("project_id", others.project));

    JsonNode entries = bound.get("/audit").json().path("items");

    assertThat(entries.size()).isEqualTo(2);
    assertThat(entries.get(0).path("action").asString()).isEqualTo("token.revoke");
    JsonNode first = entries.get(1);
    assertThat(first.path("action").asString()).isEqualTo("token.create");
    assertThat(first.path("object").asString()).isEqualTo(id);
    assertThat(first.path("token_name").asString()).isEqualTo("a test");
    assertThat(first.path("address").asString()).isEqualTo("127.0.0.1");
    assertThat(first.path("after").path("name").asString()).isEqualTo("for the audit");
    assertThat(entries.toString()).doesNotContain(token);
    assertThat(bound.get("/audit?project_id=" + others.project).status()).isEqualTo(404);
  }

  @Test
  void the_audit_log_is_read_page_by_page() {
    Caller bound = boundAdmin();
    for (int i = 0; i < 5; i++) {
      create(bound, Map.of("name", "token " + i));
    }
    StringBuilder names = new StringBuilder();
    String next = "";
    int pages = 0;
    do {
      JsonNode page = bound.get("/audit?limit=2" + next).json();
      page.path("items")
          .forEach(entry -> names.append(entry.path("after").path("name").asString()).append(' '));
      next = page.path("before").isNull() ? "" : "&before=" + page.path("before").asLong();
      pages++;
    } while (!next.isEmpty());

    assertThat(names.toString().strip()).isEqualTo("token 4 token 3 token 2 token 1 token 0");
    assertThat(pages).isEqualTo(3);
    assertThat(bound.get("/audit?limit=0").status()).isEqualTo(400);
  }
}
