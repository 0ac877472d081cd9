package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.ProjectDeletions;
import dev.threadmill.core.project.ProjectDeletions.Progress;
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
  @Autowired private ProjectDeletions deletions;
  @Autowired private Erasures erasures;

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
    assertThat(schedules.text())
        .contains(
            "chatwoot_sync",
            "embeddings_run",
            "signals_extraction",
            "health_scoring",
            "campaign_scheduler",
            "analytics_aggregates");
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

  @Test
  void who_names_one_project_does_nothing_to_another_that_the_path_names() {
    UUID others = new Rows(jdbc).project;
    String other = "/projects/" + others;
    String deleted = other + "?confirm=x";
    Caller naming = admin.of(rows.project);

    for (Answer answer :
        new Answer[] {
          naming.get(other),
          naming.call("PATCH", other, "{\"name\":\"" + newName() + "\"}"),
          naming.post(other + "/archive"),
          naming.call("DELETE", deleted, null),
          naming.get(other + "/deletion"),
          naming.get(other + "/sources"),
          naming.post(other + "/erasures", Map.of("contact_id", 1)),
          admin.get(other + "?project_id=" + rows.project)
        }) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(404);
      assertThat(answer.json().path("detail").asString()).contains("no such project");
    }
    assertThat(audited(others)).isEmpty();
  }

  @Test
  void an_archived_project_is_deleted_by_its_name_and_its_receipt_stays() {
    String path = "/projects/" + rows.project;
    String name = admin.get(path).json().path("name").asString();
    String delete = path + "?confirm=" + name.replace(" ", "%20");
    rows.found("A message that is found and then forgotten for ever.");
    assertThat(admin.call("DELETE", delete, null).code()).isEqualTo("project_not_archived");
    admin.post(path + "/archive");
    assertThat(admin.call("DELETE", path, null).code()).isEqualTo("invalid_request");
    assertThat(admin.call("DELETE", path + "?confirm=x", null).code()).isEqualTo("invalid_request");
    assertThat(admin.get(path + "/deletion").status()).isEqualTo(404);

    Answer wanted = admin.call("DELETE", delete, null);

    assertThat(wanted.status()).as(wanted.text()).isEqualTo(202);
    assertThat(wanted.response().headers().firstValue("Location")).contains(path + "/deletion");
    assertThat(wanted.json().path("state").asString()).isEqualTo("running");
    assertThat(wanted.json().path("expected").path("messages").asLong()).isEqualTo(1);
    assertThat(admin.post(path + "/restore").code()).isEqualTo("deletion_under_way");
    assertThat(admin.call("DELETE", delete, null).json().path("requested_at"))
        .isEqualTo(wanted.json().path("requested_at"));

    // What the scheduler does.
    while (deletions.advance(100) != Progress.NOTHING) {}

    assertThat(admin.get(path).status()).isEqualTo(404);
    Answer receipt = admin.get(path + "/deletion");
    assertThat(receipt.json().path("state").asString()).isEqualTo("done");
    assertThat(receipt.json().path("project_name").asString()).isEqualTo(name);
    assertThat(receipt.json().path("deleted").path("cw_messages").asLong()).isEqualTo(1);
    assertThat(receipt.json().path("deleted").path("rag_vectors").asLong()).isEqualTo(1);
    assertThat(audited(rows.project)).endsWith("project.archive", "project.delete");
    Caller bound =
        Caller.anonymous(port)
            .token(new Rows(jdbc).token("admin", new Rows(jdbc).project, "1 hour"));
    assertThat(bound.get(path + "/deletion").status()).isEqualTo(404);
  }

  @Test
  void a_contact_goes_with_its_conversations_and_leaves_a_receipt() {
    Caller bound = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
    String path = "/projects/" + rows.project + "/erasures";
    rows.found("A message that stays where it is, and is found.");
    long conversation = rows.conversation("open");
    long message = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, message, 0, "A message of somebody who wants to be forgotten.", true);
    rows.contactOf(conversation, 55);

    Answer wanted = bound.post(path, Map.of("contact_id", 55));

    assertThat(wanted.status()).as(wanted.text()).isEqualTo(202);
    assertThat(bound.post(path, Map.of("contact_id", 55)).json().path("id"))
        .isEqualTo(wanted.json().path("id"));
    while (erasures.advance(100)) {}
    String receipt = wanted.response().headers().firstValue("Location").orElseThrow();
    Answer done = bound.get(receipt);
    assertThat(done.json().path("state").asString()).as(done.text()).isEqualTo("done");
    assertThat(done.json().path("deleted").path("cw_contacts").asLong()).isEqualTo(1);
    assertThat(done.json().path("deleted").path("cw_conversations").asLong()).isEqualTo(1);
    assertThat(done.json().path("deleted").path("rag_chunks").asLong()).isEqualTo(1);
    assertThat(bound.get(path).text()).contains(done.json().path("id").asString());
    assertThat(count("rag_vectors")).isEqualTo(1);
    assertThat(count("cw_messages")).isEqualTo(1);
    assertThat(audited(rows.project)).containsOnlyOnce("contact.erase");
    Rows others = new Rows(jdbc);
    assertThat(bound.post("/projects/" + others.project + "/erasures", Map.of()).status())
        .isEqualTo(404);
    assertThat(bound.post(path, Map.of("contact_id", 1, "source_id", others.source)).status())
        .isEqualTo(404);
    assertThat(bound.post(path, Map.of()).status()).isEqualTo(400);
    assertThat(bound.post(path, Map.of("contact_id", 1, "conversation_id", 2)).status())
        .isEqualTo(400);
    assertThat(
            Caller.anonymous(port)
                .token(rows.token("run", rows.project, "1 hour"))
                .post(path, Map.of("contact_id", 1))
                .status())
        .isEqualTo(403);
  }

  @Test
  void an_erased_contacts_conversation_goes_also_when_another_contact_gets_it_meanwhile() {
    Caller bound = Caller.anonymous(port).token(rows.token("admin", rows.project, "1 hour"));
    long given = rows.conversation("open");
    rows.message(given, "incoming", false, "0");
    rows.contactOf(given, 61);
    long others = rows.conversation("open");
    rows.contactOf(others, 62);
    Answer wanted = bound.post("/projects/" + rows.project + "/erasures", Map.of("contact_id", 61));
    assertThat(wanted.status()).as(wanted.text()).isEqualTo(202);

    jdbc.sql(
            """
            update cw_conversations set contact_global_id =
              (select global_id from cw_contacts where project_id = :project and contact_id = 62)
            where project_id = :project
            """)
        .param("project", rows.project)
        .update();
    while (erasures.advance(100)) {}

    assertThat(count("cw_messages")).isZero();
    assertThat(
            jdbc.sql("select conversation_id from cw_conversations where project_id = :project")
                .param("project", rows.project)
                .query(Long.class)
                .list())
        .containsExactly(others);
  }

  private long count(String table) {
    return jdbc.sql("select count(*) from " + table + " where project_id = :p")
        .param("p", rows.project)
        .query(Long.class)
        .single();
  }

  @Test
  void a_source_is_removed_at_once_and_what_it_brought_follows() {
    String path = "/projects/" + rows.project + "/sources";
    rows.found("A message that came from a source that nobody wants any more.");
    webhooks.set(rows.source, null, true);

    Answer wanted = admin.call("DELETE", path + "/" + rows.source, null);

    assertThat(wanted.status()).as(wanted.text()).isEqualTo(202);
    assertThat(admin.get(path).json().path("items").size()).isZero();
    assertThat(admin.call("DELETE", path + "/" + rows.source, null).status()).isEqualTo(404);
    assertThat(
            admin
                .post(
                    "/webhooks/chatwoot/" + rows.source,
                    Map.of("event", "conversation_updated", "id", 5))
                .status())
        .isEqualTo(404);
    while (erasures.advance(100)) {}
    assertThat(count("cw_messages") + count("project_sources") + count("rag_vectors")).isZero();
  }
}
