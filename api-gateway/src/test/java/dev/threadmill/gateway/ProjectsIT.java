package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.gateway.Caller.Answer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class ProjectsIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private SourceWebhooks webhooks;

  private Rows rows;
  private Caller admin;

  @BeforeEach
  void an_administrator_of_all_projects() {
    rows = new Rows(jdbc);
    admin = Caller.admin(port);
  }

  private Answer create(String name) {
    return admin.post("/projects", Map.of("name", name));
  }

  private static String newName() {
    return "Projekt " + UUID.randomUUID();
  }

  private List<String> audited(UUID project) {
    return jdbc.sql("select action from audit_log where project_id = :p order by id")
        .param("p", project)
        .query(String.class)
        .list();
  }

  @Test
  void a_new_project_has_its_schedules_at_once() {
    String name = newName();

    Answer created = create("  " + name + "  ");

    assertThat(created.status()).as(created.text()).isEqualTo(201);
    UUID id = UUID.fromString(created.json().path("id").asString());
    assertThat(created.response().headers().firstValue("Location")).contains("/projects/" + id);
    assertThat(created.json().path("name").asString()).isEqualTo(name);
    Answer schedules = admin.of(id).get("/jobs/scheduler");
    assertThat(schedules.text()).contains("chatwoot_sync", "embeddings_run");
    assertThat(admin.get("/projects/" + id).json()).isEqualTo(created.json());
    assertThat(audited(id)).containsExactly("project.create");
    assertThat(
            jdbc.sql(
                    "select count(*) from scheduled_jobs where project_id = :p and next_run_at <= now()")
                .param("p", id)
                .query(Long.class)
                .single())
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void a_name_belongs_to_one_project_even_to_an_archived_one() {
    String name = newName();
    String id = create(name).json().path("id").asString();
    admin.post("/projects/" + id + "/archive");

    for (Answer answer :
        new Answer[] {
          create(name),
          admin.call("PATCH", "/projects/" + rows.project, "{\"name\":\"" + name + "\"}")
        }) {
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.code()).isEqualTo("project_name_taken");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"name\":null}",
        "{\"name\":\" \"}",
        "{\"name\":\"a\\u0000b\"}",
        "{\"name\":\"a\\ud800b\"}",
        "{\"name\":\"a\\nb\"}",
        "{\"nome\":\"x\"}",
        "{\"name\":\"12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901\"}"
      })
  void a_name_that_is_none_is_refused(String body) {
    for (Answer answer :
        new Answer[] {
          admin.call("POST", "/projects", body),
          admin.call("PATCH", "/projects/" + rows.project, body)
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(400);
      assertThat(answer.json().path("detail").asString()).contains("'n");
    }
  }

  @Test
  void an_archived_project_is_a_404_but_to_administrators_until_it_is_restored() {
    String path = "/projects/" + rows.project;
    Caller reader = Caller.anonymous(port).token(rows.token("read", rows.project, "1 hour"));
    UUID run =
        UUID.fromString(
            admin.of(rows.project).post("/jobs/chatwoot/sync").json().path("run_id").asString());
    webhooks.set(rows.source, null, true);

    Answer archived = admin.post(path + "/archive");

    assertThat(archived.status()).as(archived.text()).isEqualTo(200);
    assertThat(archived.json().path("archived_at").isNull()).isFalse();
    assertThat(admin.post(path + "/archive").json()).isEqualTo(archived.json());
    assertThat(admin.get(path).json()).isEqualTo(archived.json());
    assertThat(admin.get("/projects?archived=true").text()).contains(rows.project.toString());
    assertThat(admin.get("/projects").text()).doesNotContain(rows.project.toString());
    assertThat(status(run)).isEqualTo("cancelled");
    for (Answer answer :
        new Answer[] {
          reader.get(path),
          reader.get("/jobs/status"),
          admin.of(rows.project).post("/jobs/chatwoot/sync"),
          admin.get(path + "/sources"),
          admin.post(
              "/webhooks/chatwoot/" + rows.source, Map.of("event", "conversation_updated", "id", 5))
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    }
    assertThat(reader.get("/projects?archived=true").status()).isEqualTo(403);
    assertThat(admin.call("PATCH", path, "{\"name\":\"x\"}").code()).isEqualTo("project_archived");

    assertThat(admin.post(path + "/restore").json().path("archived_at").isNull()).isTrue();

    assertThat(reader.get("/jobs/status").status()).isEqualTo(200);
    assertThat(admin.post(path + "/restore").status()).isEqualTo(200);
    assertThat(audited(rows.project))
        .endsWith("project.archive", "project.restore")
        .doesNotHaveDuplicates();
  }

  private String status(UUID run) {
    return jdbc.sql("select status from job_runs where id = :id")
        .param("id", run)
        .query(String.class)
        .single();
  }

  @Test
  void a_project_gets_another_name() {
    String name = newName();

    Answer changed =
        admin.call("PATCH", "/projects/" + rows.project, "{\"name\":\"" + name + "\"}");

    assertThat(changed.json().path("name").asString()).isEqualTo(name);
    assertThat(audited(rows.project)).contains("project.change");
  }

  @Test
  void projects_are_made_and_changed_with_a_token_for_all_of_them() {
    Rows others = new Rows(jdbc);
    Caller bound = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
    Caller runner = Caller.anonymous(port).token(rows.token("run", null, "1 hour"));

    assertThat(bound.post("/projects", Map.of("name", newName())).status()).isEqualTo(403);
    assertThat(runner.post("/projects", Map.of("name", newName())).status()).isEqualTo(403);
    assertThat(bound.post("/projects/" + rows.project + "/archive").status()).isEqualTo(403);
    assertThat(bound.get("/projects/" + rows.project).status()).isEqualTo(200);
    for (Answer foreign :
        new Answer[] {
          bound.get("/projects/" + others.project),
          bound.call("PATCH", "/projects/" + others.project, "{\"name\":\"x\"}"),
          bound.post("/projects/" + others.project + "/archive"),
          bound.post("/projects/" + others.project + "/restore"),
          admin.post("/projects/" + UUID.randomUUID() + "/archive")
        }) {
      assertThat(foreign.status()).as(foreign.text()).isEqualTo(404);
    }
  }
}
