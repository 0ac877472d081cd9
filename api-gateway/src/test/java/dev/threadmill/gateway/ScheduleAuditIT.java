package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Who may change, run and explain a schedule, and what is noted of it. */
@GatewayTest
class ScheduleAuditIT extends ScheduledProject {
  @Test
  void each_change_and_each_run_by_hand_is_noted_with_who_and_from_where() {
    String name = "deploy " + UUID.randomUUID();
    Caller token = Caller.anonymous(port).token(token(name)).with("X-Request-Id", "rq-17");

    token.call("PATCH", SYNC, "{\"status\":\"paused\",\"reason\":\"night\"}");
    String run = token.post(SYNC + "/run").json().path("run_id").asString();

    List<Map<String, Object>> notes = audit();
    assertThat(notes).hasSize(2);
    assertThat(notes).allSatisfy(note -> assertThat(note.get("token_name")).isEqualTo(name));
    assertThat(notes.getFirst())
        .containsEntry("action", "schedule.change")
        .containsEntry("object", "chatwoot_sync")
        .containsEntry("address", "127.0.0.1")
        .containsEntry("request_id", "rq-17");
    assertThat(notes.getFirst().get("token_id")).isNotNull();
    assertThat(json.readTree((String) notes.getFirst().get("before")).path("status").asString())
        .isEqualTo("active");
    JsonNode after = json.readTree((String) notes.getFirst().get("after"));
    assertThat(after.path("status").asString()).isEqualTo("paused");
    assertThat(after.path("reason").asString()).isEqualTo("night");
    assertThat((String) notes.getLast().get("after")).contains(run);
    assertThat(json.readTree((String) notes.getLast().get("after")).path("created").asBoolean())
        .isTrue();
  }

  @Test
  void what_is_started_cancelled_ticked_and_retried_by_hand_is_noted_too() {
    String sync = caller.post("/jobs/chatwoot/sync").json().path("run_id").asString();
    caller.post("/jobs/chatwoot/sync");
    String embeddings = caller.post("/jobs/embeddings/run").json().path("run_id").asString();
    caller.post("/jobs/runs/" + sync + "/cancel");
    String tick = caller.post("/jobs/scheduler/tick").json().path("tick_id").asString();
    caller.post("/jobs/embeddings/retry-failed", Map.of("error", "timeout"));

    List<Map<String, Object>> notes = audit();
    assertThat(notes)
        .extracting(note -> note.get("action") + " " + note.get("object"))
        .containsExactly(
            "run.start chatwoot_sync",
            "run.start chatwoot_sync",
            "run.start embeddings_run",
            "run.cancel " + sync,
            "scheduler.tick " + tick,
            "embeddings.retry_failed embeddings_run");
    assertThat(after(notes.get(0)).path("run_id").asString()).isEqualTo(sync);
    assertThat(after(notes.get(0)).path("created").asBoolean()).isTrue();
    assertThat(after(notes.get(1)).path("created").asBoolean()).isFalse();
    assertThat(after(notes.get(2)).path("run_id").asString()).isEqualTo(embeddings);
    assertThat(after(notes.get(3)).path("status").asString()).isEqualTo("cancelled");
    assertThat(after(notes.get(4)).path("limit").asInt()).isEqualTo(500);
    assertThat(after(notes.get(5)).path("retried").isInt()).isTrue();
  }

  private JsonNode after(Map<String, Object> note) {
    return json.readTree((String) note.get("after"));
  }

  @Test
  void what_is_noted_can_not_be_changed_or_removed() {
    patch(Map.of("overlap", "skip"));

    for (String sql :
        List.of(
            "update audit_log set token_name = 'Eve'",
            "delete from audit_log",
            "truncate audit_log")) {
      assertThatThrownBy(() -> jdbc.sql(sql).update()).hasMessageContaining("append-only");
    }
  }

  @Test
  void changing_needs_an_admin_running_needs_run_and_explaining_needs_read() {
    Caller read = Caller.anonymous(port).token(rows.token("read", rows.project, "1 hour"));
    Caller run = Caller.anonymous(port).token(rows.token("run", rows.project, "1 hour"));

    assertThat(run.call("PATCH", SYNC, "{\"overlap\":\"skip\"}").status()).isEqualTo(403);
    assertThat(read.post(SYNC + "/run").status()).isEqualTo(403);
    assertThat(run.post(SYNC + "/run").status()).isEqualTo(202);
    assertThat(read.get(SYNC + "/explain").status()).isEqualTo(200);
    assertThat(caller.get("/jobs/scheduler/dishes/explain").status()).isEqualTo(404);
    assertThat(caller.get("/jobs/scheduler/health_scoring/explain").status()).isEqualTo(404);
  }

  private String token(String name) {
    String token = rows.token("admin", rows.project, "1 hour");
    jdbc.sql("update api_tokens set name = :name where project_id = :project")
        .param("name", name)
        .param("project", rows.project)
        .update();
    return token;
  }
}
