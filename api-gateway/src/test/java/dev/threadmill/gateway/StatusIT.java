package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingProvider;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

@GatewayTest
class StatusIT {
  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private EmbeddingProvider provider;

  @Test
  void the_status_counts_what_the_project_has_and_nothing_of_others() {
    Rows rows = new Rows(jdbc);
    new Rows(jdbc).found("of another project");
    rows.found("first");
    long conversation = rows.conversation("open");
    long message = rows.message(conversation, "incoming", false, "0");
    rows.chunk(conversation, message, 0, "second", false);
    rows.chunk(conversation, message, 1, "third", false);
    rows.delete(rows.message(conversation, "incoming", false, "0"));
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, cursor_ts, cursor_id)
            values (:project, 'chatwoot:3', '2026-11-20T10:00:00Z', 17)
            """)
        .param("project", rows.project)
        .update();
    Caller caller = Caller.admin(port).of(rows.project);
    caller.post("/jobs/chatwoot/sync");

    JsonNode status = caller.get("/jobs/status").json();

    assertThat(status.path("rag_counts").toString())
        .isEqualTo("{\"pending\":2,\"processing\":0,\"ready\":1,\"failed\":0}");
    assertThat(status.path("entities").toString())
        .isEqualTo("{\"contacts\":0,\"conversations\":2,\"messages\":2,\"rag_chunks\":3}");
    assertThat(status.path("job_runs").path("chatwoot_sync").path("status").asString())
        .isEqualTo("queued");
    assertThat(status.path("sync_watermarks").path(0).path("cursor_ts").asString())
        .isEqualTo("2026-11-20T10:00:00Z");
    assertThat(status.path("storage").path("database_bytes").asLong()).isPositive();
    assertThat(status.path("storage").path("budget_bytes").asLong()).isEqualTo(20L << 30);
    assertThat(status.path("storage").path("alert").asBoolean()).isFalse();
    assertThat(status.path("storage").path("tables").path("rag_chunks").asLong()).isPositive();
    assertThat(status.path("healthy").asBoolean()).isTrue();
    assertThat(status.path("backlog").path("waiting").asLong()).isEqualTo(2);
    assertThat(status.path("sync").path(0).path("complete_as_of").isNull()).isTrue();
  }

  @Test
  void what_stands_still_is_named() {
    jdbc.sql("delete from job_workers").update();
    Rows rows = new Rows(jdbc);
    long conversation = rows.conversation("open");
    rows.chunk(conversation, rows.message(conversation, "incoming", false, "0"), 0, "waits", false);
    jdbc.sql(
            """
            update rag_chunks set next_attempt_at = now() - interval '20 minutes' where project_id = :project
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, status, status_reason, cadence_seconds, next_run_at)
            values (:project, 'chatwoot_sync', 'active', null, 900, now() - interval '1 hour'),
              (:project, 'embeddings_run', 'suspended', 'Suspended after 10 failures', 1200, now()),
              (:project, 'signals_extraction', 'paused', null, 900, now() - interval '1 hour')
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, meta)
            values (:project, 'chatwoot:' || :account, '{"complete_as_of": "2026-11-24T09:00:00Z"}')
            """)
        .param("project", rows.project)
        .param("account", rows.account())
        .update();

    JsonNode status = Caller.admin(port).of(rows.project).get("/jobs/status").json();

    assertThat(status.path("healthy").asBoolean()).isFalse();
    assertThat(status.path("problems").valueStream().map(JsonNode::asString))
        .satisfiesOnlyOnce(it -> assertThat(it).contains("1 chunks wait, one of them for 20 min"))
        .satisfiesOnlyOnce(
            it -> assertThat(it).contains("complete as of 2026-11-24T09:00:00Z only"))
        .satisfiesOnlyOnce(
            it ->
                assertThat(it)
                    .isEqualTo("embeddings_run is suspended: Suspended after 10 failures"))
        .satisfiesOnlyOnce(
            it -> assertThat(it).startsWith("chatwoot_sync was due at ").contains("no scheduler"))
        .satisfiesOnlyOnce(
            it -> assertThat(it).contains("no service that takes runs of chatwoot_sync"))
        .noneMatch(it -> it.contains("signals_extraction"));
    assertThat(status.path("schedules").toString())
        .isEqualTo("{\"active\":1,\"paused\":1,\"suspended\":1}");
    assertThat(status.path("backlog").path("age_seconds").asLong()).isGreaterThanOrEqualTo(1200);
    assertThat(status.path("sync").path(0).path("age_seconds").asLong()).isPositive();
  }

  @Test
  void a_failed_job_is_named_as_what_is_not_well() {
    Rows rows = new Rows(jdbc);
    jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, status, error, finished_at)
            values (:project, 'chatwoot_sync', 'manual', 'me', 'failed', 'the token is wrong', now())
            """)
        .param("project", rows.project)
        .update();

    JsonNode status = Caller.admin(port).of(rows.project).get("/jobs/status").json();

    assertThat(status.path("healthy").asBoolean()).isFalse();
    assertThat(status.path("problems").path(0).asString())
        .isEqualTo("chatwoot_sync failed: the token is wrong");
  }

  @Test
  void a_removed_source_is_not_missed_and_shows_nothing() {
    Rows rows = new Rows(jdbc);
    long conversation = rows.conversation("open");
    rows.message(conversation, "incoming", false, "0");
    rows.contactOf(conversation, 7);
    jdbc.sql(
            """
            insert into project_sources (project_id, source_kind, base_url, external_id)
            values (:project, 'chatwoot', 'https://two.example.com', '999006')
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, meta)
            values (:project, 'chatwoot:999006', jsonb_build_object('complete_as_of', now()))
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql("update project_sources set created_at = now() - interval '3 days' where id = :source")
        .param("source", rows.source)
        .update();
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, status, cadence_seconds, next_run_at)
            values (:project, 'chatwoot_sync', 'active', 900, now() + interval '1 hour')
            """)
        .param("project", rows.project)
        .update();
    Caller caller = Caller.admin(port).of(rows.project);
    assertThat(caller.get("/jobs/status").json().path("problems").toString())
        .contains("was not complete yet");

    jdbc.sql("update project_sources set removed_at = now() where id = :source")
        .param("source", rows.source)
        .update();

    assertThat(caller.get("/jobs/status").json().path("problems").toString())
        .doesNotContain("the sync of");
    JsonNode answer = caller.post("/search", Map.of("query", "anything")).json();
    assertThat(answer.path("synced_as_of").isString()).as("%s", answer).isTrue();
    for (String list : List.of("/conversations", "/messages", "/contacts")) {
      assertThat(caller.get(list).json().path("items")).as(list).isEmpty();
    }
    assertThat(caller.get("/conversations/export").text()).isEmpty();
    assertThat(caller.get("/conversations/" + conversation).code()).isEqualTo("not_found");
    assertThat(caller.get("/contacts/7").code()).isEqualTo("not_found");
  }

  @Test
  void each_source_shows_since_when_it_is_complete_and_what_the_last_comparison_found() {
    Rows rows = new Rows(jdbc);
    jdbc.sql(
            """
            insert into sync_watermarks (project_id, source, cursor_ts, meta)
            values (:project, 'chatwoot:3', '2026-11-20T10:00:00Z', '{"complete_as_of": "2026-11-24T09:00:00Z",
              "reconciliation": {"started_at": null, "last": {"started_at": "2026-11-17T09:00:00Z",
              "finished_at": "2026-11-24T09:00:01Z",
              "found": {"checked": 700, "missing": 1, "extra": 2, "changed": 3, "unreadable": 0}}}}'),
              (:project, 'chatwoot:4', null, '{}')
            """)
        .param("project", rows.project)
        .update();

    JsonNode sources =
        Caller.admin(port).of(rows.project).get("/jobs/status").json().path("sync_watermarks");

    JsonNode compared = sources.path(0);
    assertThat(compared.path("complete_as_of").asString()).isEqualTo("2026-11-24T09:00:00Z");
    JsonNode last = compared.path("last_reconciliation");
    assertThat(last.path("finished_at").asString()).isEqualTo("2026-11-24T09:00:01Z");
    assertThat(last.path("missing").asLong()).isEqualTo(1);
    assertThat(last.path("extra").asLong()).isEqualTo(2);
    assertThat(last.path("changed").asLong()).isEqualTo(3);
    JsonNode fresh = sources.path(1);
    assertThat(fresh.path("complete_as_of").isNull()).isTrue();
    assertThat(fresh.path("last_reconciliation").isNull()).isTrue();
  }

  @Test
  void the_status_says_that_failures_keep_a_new_model_from_answering() {
    Rows rows = new Rows(jdbc);
    rows.found("embedded with the wanted model");
    long conversation = rows.conversation("open");
    rows.chunk(conversation, rows.message(conversation, "incoming", false, "0"), 0, "fails", false);
    jdbc.sql(
            "update rag_chunks set embedding_status = 'failed' where project_id = :project and text = 'fails'")
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into embedding_models (name, width, wanted_since) values ('former-model', 1536, '-infinity')
            on conflict do nothing
            """)
        .update();
    jdbc.sql(
            """
            insert into project_vector_spaces (project_id, model_id)
            select :project, id from embedding_models where name = 'former-model'
            on conflict (project_id) do update set model_id = excluded.model_id
            """)
        .param("project", rows.project)
        .update();

    JsonNode embedding =
        Caller.admin(port).of(rows.project).get("/jobs/status").json().path("embedding");

    assertThat(embedding.path("waiting_because").asString())
        .contains("1 chunks failed", "former-model", "retry-failed");
  }

  @Test
  void rows_wait_for_the_next_day_when_the_daily_ceiling_is_spent_and_the_status_says_so() {
    Rows rows = new Rows(jdbc);
    long conversation = rows.conversation("open");
    rows.chunk(conversation, rows.message(conversation, "incoming", false, "0"), 0, "waits", false);
    jdbc.sql(
            """
            insert into embedding_usage (project_id, day, model, tokens, cost_usd)
            values (:project, (now() at time zone 'UTC')::date, 'text-embedding-3-small', 1, 20),
                   (:project, (now() at time zone 'UTC')::date, 'text-embedding-3-large', 1, 30)
            """)
        .param("project", rows.project)
        .update();
    Caller caller = Caller.admin(port).of(rows.project);

    assertThat(
            caller.get("/jobs/status").json().path("embedding").path("waiting_because").asString())
        .contains("daily ceiling of 50", "00:00 UTC");

    jdbc.sql("update embedding_usage set day = day - 1 where project_id = :project")
        .param("project", rows.project)
        .update();

    JsonNode nextDay = caller.get("/jobs/status").json().path("embedding");
    assertThat(nextDay.path("waiting_because").isNull()).isTrue();
    assertThat(nextDay.path("progress").path("waiting").asLong()).isEqualTo(1);
  }

  @Test
  void the_status_tells_how_embedding_stands_what_it_costs_and_why_it_waits() {
    Rows rows = new Rows(jdbc);
    rows.found("embedded");
    long conversation = rows.conversation("open");
    rows.chunk(conversation, rows.message(conversation, "incoming", false, "0"), 0, "waits", false);
    jdbc.sql(
            """
            insert into embedding_usage (project_id, day, model, requests, inputs, tokens, cost_usd, reused, saved_tokens,
              rate)
            values (:project, (now() at time zone 'UTC')::date, 'text-embedding-3-small', 3, 250, 12000, 0.00024, 40, 1900, 0.5)
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql(
            """
            insert into provider_budgets (account, model, hold_kind, hold_code, hold_reason, held_until)
            values (:account, 'text-embedding-3-small', 'refused', 'insufficient_quota', 'the quota is used up',
              now() + interval '5 minutes')
            """)
        .param("account", provider.account())
        .update();
    try {
      Caller caller = Caller.admin(port).of(rows.project);
      JsonNode status = caller.get("/jobs/status").json();

      JsonNode embedding = status.path("embedding");
      assertThat(embedding.path("waiting_because").asString()).isEqualTo("the quota is used up");
      assertThat(embedding.path("provider").path("code").asString())
          .isEqualTo("insufficient_quota");
      assertThat(embedding.path("progress").path("waiting").asLong()).isEqualTo(1);
      assertThat(embedding.path("progress").path("seconds_left").asLong()).isBetween(2L, 60L);
      assertThat(embedding.path("today").path(0).path("tokens").asLong()).isEqualTo(12_000);
      assertThat(embedding.path("today").path(0).path("saved_tokens").asLong()).isEqualTo(1900);
      assertThat(status.path("problems").toString()).contains("the quota is used up");
      assertThat(
              caller
                  .get("/jobs/embeddings/usage?days=7")
                  .json()
                  .path(0)
                  .path("cost_usd")
                  .asDouble())
          .isEqualTo(0.00024);
    } finally {
      jdbc.sql("delete from provider_budgets").update();
    }
  }
}
