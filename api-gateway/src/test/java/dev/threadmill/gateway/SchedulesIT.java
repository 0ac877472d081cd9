package dev.threadmill.gateway;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.run.JobSetting;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Schedules as people shape them, and the answer to why a job did not run. */
@GatewayTest
class SchedulesIT {
  private static final String SYNC = "/jobs/scheduler/chatwoot_sync";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private JsonMapper json;

  private Rows rows;
  private Caller caller;

  @BeforeEach
  void a_project_with_a_schedule() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
    jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, next_run_at)
            values (:project, 'chatwoot_sync', 900, now() + interval '7 min')
            """)
        .param("project", rows.project)
        .update();
    jdbc.sql("delete from job_workers").update();
  }

  @Test
  void a_new_cadence_takes_effect_at_once() {
    JsonNode changed = patch(Map.of("cadence_seconds", 60, "jitter_seconds", 5)).json();

    assertThat(changed.path("cadence_seconds").asInt()).isEqualTo(60);
    assertThat(changed.path("jitter_seconds").asInt()).isEqualTo(5);
    assertThat(Instant.parse(changed.path("next_run_at").asString()))
        .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(70));
  }

  @Test
  void a_cron_expression_in_a_zone_takes_the_place_of_the_cadence() {
    JsonNode changed = patch(Map.of("cron", "30 4 * * *", "time_zone", "Asia/Kolkata")).json();

    assertThat(changed.path("cadence_seconds").isNull()).isTrue();
    assertThat(Instant.parse(changed.path("next_run_at").asString()).toString())
        .endsWith("T23:00:00Z");
  }

  @Test
  void everything_else_can_be_set_and_keeps_the_grid() {
    Instant before = of("next_run_at");

    JsonNode changed =
        patch(
                Map.of(
                    "catch_up",
                    "all",
                    "catch_up_cap",
                    5,
                    "overlap",
                    "skip",
                    "run_on_change",
                    false))
            .json();

    assertThat(changed.path("catch_up").asString()).isEqualTo("all");
    assertThat(changed.path("catch_up_cap").asInt()).isEqualTo(5);
    assertThat(changed.path("overlap").asString()).isEqualTo("skip");
    assertThat(changed.path("run_on_change").asBoolean()).isFalse();
    assertThat(of("next_run_at")).isEqualTo(before);
  }

  @Test
  void a_smaller_cap_holds_at_once_for_what_is_still_to_be_caught_up() {
    set(
        """
        catch_up = 'all',
        catch_up_at = array['2026-11-24T01:00Z', '2026-11-24T02:00Z', '2026-11-24T03:00Z']::timestamptz[]
        """);

    patch(Map.of("catch_up_cap", 2));

    assertThat(of("catch_up_at[1]")).isEqualTo(Instant.parse("2026-11-24T02:00:00Z"));
    assertThat(of("catch_up_at[cardinality(catch_up_at)]"))
        .isEqualTo(Instant.parse("2026-11-24T03:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"cadence_seconds\": 900}",
        "{\"time_zone\": \"Asia/Kolkata\"}",
        "{\"window\": {\"from\": \"00:00\", \"until\": \"23:59\"}}"
      })
  void what_leaves_the_times_as_they_are_keeps_the_grid(String body) {
    // Never within the last minute of a day, which is outside of the window.
    set("next_run_at = date_trunc('day', now()) + interval '1 day 7 min'");
    Instant before = of("next_run_at");

    Answer changed = caller.call("PATCH", SYNC, body);

    assertThat(changed.status()).as(changed.text()).isEqualTo(200);
    assertThat(of("next_run_at")).isEqualTo(before);
  }

  @Test
  void a_window_leaves_out_points_and_does_not_move_the_grid() {
    Instant before = of("next_run_at");
    String weekday = before.plus(Duration.ofDays(3)).atZone(UTC).getDayOfWeek().name();
    String day = weekday.substring(0, 3).toLowerCase(Locale.ROOT);

    patch(Map.of("window", Map.of("from", "08:00", "until", "18:00", "days", List.of(day))));

    assertThat(of("next_run_at")).isAfter(before.plus(Duration.ofDays(1)));
    assertThat(Duration.between(before, of("next_run_at")).toMillis() % 900_000).isZero();
  }

  @Test
  void a_point_that_is_due_is_not_lost_to_a_change_that_leaves_it_in_its_place() {
    set("next_run_at = now() - interval '20 s'");
    Instant before = of("next_run_at");

    patch(Map.of("cadence_seconds", 900));

    assertThat(of("next_run_at")).isEqualTo(before);
  }

  @Test
  void a_window_is_set_kept_and_taken_away() {
    Map<String, ?> window =
        Map.of("window", Map.of("from", "08:00", "until", "18:30", "days", List.of("mon", "tue")));
    JsonNode set = patch(window).json().path("window");
    assertThat(set.path("from").asString()).isEqualTo("08:00");
    assertThat(set.path("days").toString()).isEqualTo("[\"mon\",\"tue\"]");

    assertThat(patch(Map.of("overlap", "skip")).json().path("window")).isEqualTo(set);

    Answer gone = caller.call("PATCH", SYNC, "{\"window\": {}}");
    assertThat(gone.status()).as(gone.text()).isEqualTo(200);
    assertThat(gone.json().path("window").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                            | at least one field",
        "{\"cadence_seconds\": 9}                      | from 10 to 2678400",
        "{\"cron\": \"soon\"}                          | 'soon'",
        "{\"cron\": \"0 0 30 2 *\"}                    | never run",
        "{\"cron\": \"0 1 * * *\", \"cadence_seconds\": 60} | not both",
        "{\"time_zone\": \"Mars/Olympus\", \"cron\": \"0 1 * * *\"} | Mars/Olympus",
        "{\"jitter_seconds\": 900}                     | shorter than its cadence",
        "{\"catch_up\": \"some\"}                      | once, none, all",
        "{\"catch_up_cap\": 0}                         | 1 to 1000",
        "{\"overlap\": \"hope\"}                       | coalesce, skip",
        "{\"status\": \"suspended\"}                   | paused or active",
        "{\"reason\": \"because\"}                     | status paused",
        "{\"window\": {\"from\": \"8\", \"until\": \"9\"}} | 08:00",
        "{\"window\": {\"from\": \"08:00\", \"until\": \"08:00\"}} | different times",
        "{\"payload\": {\"depth\": 3}}                 | 'depth' is not known to chatwoot_sync",
        "{\"payload\": {\"depth\": null}}              | 'depth' is not known to chatwoot_sync",
        "{\"time_zone\": \"Mars/Olympus\"}             | Mars/Olympus",
        "{\"cadense\": 60}                             | 'cadense'"
      })
  void what_can_not_be_is_refused_by_name_and_changes_nothing(String body, String says) {
    Instant before = of("next_run_at");

    Answer refused = caller.call("PATCH", SYNC, body);

    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.json().path("detail").asString()).contains(says);
    assertThat(of("next_run_at")).isEqualTo(before);
    assertThat(audit()).isEmpty();
  }

  @Test
  void a_payload_is_checked_against_what_the_job_says_it_knows() {
    here("chatwoot_sync", JobSetting.integer("depth", 1, 10), JobSetting.flag("full"));

    assertThat(patch(Map.of("payload", Map.of("depth", 3, "full", true))).status()).isEqualTo(200);
    for (Map<String, ?> wrong :
        List.of(Map.of("depth", 11), Map.of("depth", "3"), Map.of("full", "yes"))) {
      assertThat(patch(Map.of("payload", wrong)).status()).isEqualTo(400);
      assertThat(caller.post(SYNC + "/run", wrong).status()).isEqualTo(400);
      assertThat(caller.post("/jobs/chatwoot/sync", wrong).status()).isEqualTo(400);
    }
    for (String path : List.of(SYNC + "/run", "/jobs/chatwoot/sync")) {
      assertThat(caller.call("POST", path, "{\"depth\": null}").status()).isEqualTo(400);
    }
    Answer nothing = caller.call("PATCH", SYNC, "{\"payload\": {\"depth\": null}}");
    assertThat(nothing.status()).as(nothing.text()).isEqualTo(400);
    String run = caller.post(SYNC + "/run", Map.of("depth", 4)).json().path("run_id").asString();
    assertThat(
            jdbc.sql("select payload::text from job_runs where id = :id::uuid")
                .param("id", run)
                .query(String.class)
                .single())
        .contains("\"depth\": 4", "\"full\": true");
  }

  @Test
  void a_paused_schedule_says_who_and_why_and_can_be_run_by_hand_and_keeps_its_grid() {
    Instant point = of("next_run_at");
    patch(Map.of("status", "paused", "reason", "the inbox moves to another server"));

    JsonNode listed = caller.get("/jobs/scheduler").json().path("items").path(0);
    assertThat(listed.path("status").asString()).isEqualTo("paused");
    assertThat(listed.path("next_run_at").isNull()).isTrue();
    assertThat(listed.path("why").asString())
        .isEqualTo("Paused by bootstrap: the inbox moves to another server");
    Answer run = caller.post(SYNC + "/run");
    assertThat(run.status()).isEqualTo(202);
    assertThat(run.json().path("created").asBoolean()).isTrue();
    assertThat(of("next_run_at")).isEqualTo(point);

    JsonNode resumed = patch(Map.of("status", "active")).json();
    assertThat(resumed.path("status").asString()).isEqualTo("active");
    assertThat(Instant.parse(resumed.path("next_run_at").asString())).isEqualTo(point);
  }

  @Test
  void a_job_that_is_resumed_waits_for_the_next_point_of_its_grid() {
    patch(Map.of("status", "paused"));
    jdbc.sql(
            "update scheduled_jobs set next_run_at = now() - interval '2 hours 1 second' where project_id = :project")
        .param("project", rows.project)
        .update();
    Instant old = of("next_run_at");

    Instant next =
        Instant.parse(patch(Map.of("status", "active")).json().path("next_run_at").asString());

    assertThat(next).isAfter(Instant.now()).isBefore(Instant.now().plusSeconds(901));
    assertThat(Duration.between(old, next).toMillis() % 900_000).isZero();
  }

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

  @Test
  void a_schedule_that_nothing_holds_back_tells_its_next_times() {
    here("chatwoot_sync");

    JsonNode explained = caller.get(SYNC + "/explain").json();

    assertThat(explained.path("holds")).as(explained.toString()).isEmpty();
    assertThat(explained.path("next_times").size()).isEqualTo(3);
    assertThat(Instant.parse(explained.path("next_times").path(0).asString()))
        .isEqualTo(of("next_run_at"));
  }

  @Test
  void everything_that_holds_a_job_back_is_told() {
    jdbc.sql("delete from project_sources where project_id = :project")
        .param("project", rows.project)
        .update();
    String run = caller.post(SYNC + "/run").json().path("run_id").asString();
    set(
        """
        status = 'suspended', status_changed_by = 'scheduler', status_changed_at = now(),
        status_reason = 'suspended after 3 failures in a row; top up', last_error = 'no credit left',
        last_error_class = 'insufficient_quota'
        """);

    JsonNode explained = caller.get(SYNC + "/explain").json();

    assertThat(kinds(explained))
        .contains("suspended", "run_active", "budget", "no_source", "service_absent");
    assertThat(hold(explained, "suspended").path("what").asString())
        .contains("3 failures", "top up");
    assertThat(hold(explained, "run_active").path("run_id").asString()).isEqualTo(run);
    assertThat(hold(explained, "run_active").path("by").asString()).isEqualTo("bootstrap");
  }

  @Test
  void a_daily_ceiling_is_a_budget_until_midnight_or_until_a_run_goes_well() {
    here("chatwoot_sync");
    caller.post(SYNC + "/run");
    runs(
        """
        status = 'partial', finished_at = now(),
        result = '{"held_by": "daily_ceiling", "held_because": "the project has spent its daily ceiling"}'
        """);
    JsonNode hold = hold(caller.get(SYNC + "/explain").json(), "budget");
    assertThat(hold.path("what").asString()).contains("daily ceiling");
    assertThat(hold.path("until").asString()).endsWith("T00:00:00Z");

    runs("finished_at = now() - interval '25 hours'");
    assertThat(kinds(caller.get(SYNC + "/explain").json())).doesNotContain("budget");
  }

  @Test
  void a_run_that_went_well_since_shows_that_the_budget_is_filled() {
    here("chatwoot_sync");
    set("last_error = 'no credit left', last_error_class = 'insufficient_quota'");
    assertThat(kinds(caller.get(SYNC + "/explain").json())).contains("budget");
    caller.post(SYNC + "/run");
    runs(
        "status = 'failed', finished_at = now(), error = 'no credit left', error_class = 'payment_required'");
    assertThat(kinds(caller.get(SYNC + "/explain").json())).contains("budget");
    caller.post(SYNC + "/run");
    jdbc.sql(
            "update job_runs set status = 'ok', finished_at = now() where project_id = :p and status = 'queued'")
        .param("p", rows.project)
        .update();

    assertThat(kinds(caller.get(SYNC + "/explain").json())).doesNotContain("budget");
  }

  @Test
  void a_limit_a_retry_and_a_back_off_are_told() {
    here("chatwoot_sync");
    caller.post(SYNC + "/run");
    runs("held_by = '2 runs of chatwoot_sync are worked already (RUNS_PER_JOB)'");
    assertThat(hold(caller.get(SYNC + "/explain").json(), "limit").path("what").asString())
        .contains("RUNS_PER_JOB");

    runs(
        "held_by = null, due_at = now() + interval '5 min', attempt = 1, error = 'asked to slow down'");
    set("consecutive_failures = 4, last_error = 'asked to slow down'");

    JsonNode explained = caller.get(SYNC + "/explain").json();
    assertThat(hold(explained, "retry_wait").path("what").asString()).contains("slow down");
    assertThat(hold(explained, "retry_wait").path("until").isNull()).isFalse();
    assertThat(hold(explained, "back_off").path("what").asString()).contains("4 failures");
  }

  @Test
  void a_scheduler_that_is_not_there_is_told_and_so_is_what_became_of_due_times() {
    set("next_run_at = now() - interval '1 hour'");
    jdbc.sql(
            """
            insert into worker_runs (project_id, scheduled_job_id, scheduled_for, coalesced, skipped, reason, settled_at)
            select project_id, id, now() - interval '2 hours', false, true, 'missed by 4000 s, and catch_up is ''none''',
              now()
            from scheduled_jobs where project_id = :project
            """)
        .param("project", rows.project)
        .update();

    JsonNode explained = caller.get(SYNC + "/explain").json();

    assertThat(kinds(explained)).contains("scheduler_absent");
    assertThat(explained.path("due_times").path(0).path("skipped").asBoolean()).isTrue();
    assertThat(explained.path("due_times").path(0).path("reason").asString()).contains("missed");
  }

  @Test
  void a_scheduler_is_missed_after_two_of_its_own_intervals() {
    try {
      timerTicks("2 hours", 3600);
      set("next_run_at = now() - interval '30 min'");
      assertThat(kinds(caller.get(SYNC + "/explain").json())).doesNotContain("scheduler_absent");

      timerTicks("1 hour", 10);
      set("next_run_at = now() - interval '1 min'");
      assertThat(kinds(caller.get(SYNC + "/explain").json())).contains("scheduler_absent");

      set("next_run_at = now() - interval '15 s'");
      assertThat(kinds(caller.get(SYNC + "/explain").json())).doesNotContain("scheduler_absent");
    } finally {
      jdbc.sql("delete from scheduler_ticks where slot is not null").update();
    }
  }

  @Test
  void while_kafka_is_away_an_explanation_and_a_tick_by_hand_say_so() {
    TestServers.shared().stopKafka();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> kinds(caller.get(SYNC + "/explain").json()).contains("kafka_away"));
      assertThat(caller.post("/jobs/scheduler/tick").json().path("note").asString())
          .contains("Kafka is away");
    } finally {
      TestServers.shared().startKafka();
    }
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !kinds(caller.get(SYNC + "/explain").json()).contains("kafka_away"));
  }

  private void timerTicks(String ago, int interval) {
    jdbc.sql(
            """
            insert into scheduler_ticks (trigger, max_due, slot, interval_seconds)
            values ('timer', 10000, now() - :ago::interval, :interval)
            """)
        .param("ago", ago)
        .param("interval", interval)
        .update();
  }

  @Test
  void an_archived_project_is_explained_as_such_and_is_a_404_elsewhere() {
    jdbc.sql("update projects set archived_at = now() where id = :project")
        .param("project", rows.project)
        .update();

    JsonNode explained = caller.get(SYNC + "/explain").json();

    assertThat(kinds(explained)).first().isEqualTo("archived");
    assertThat(hold(explained, "archived").path("what").asString()).contains("archived");
    assertThat(hold(explained, "archived").path("since").isNull()).isFalse();
    assertThat(explained.path("schedule").path("why").asString()).contains("archived");
    assertThat(caller.get("/jobs/scheduler").status()).isEqualTo(404);
    assertThat(caller.post(SYNC + "/run").status()).isEqualTo(404);
    UUID nobodys = UUID.randomUUID();
    assertThat(Caller.admin(port).of(nobodys).get(SYNC + "/explain").status()).isEqualTo(404);
    String others = rows.token("read", new Rows(jdbc).project, "1 hour");
    assertThat(caller.token(others).get(SYNC + "/explain").status()).isEqualTo(404);
  }

  private Answer patch(Map<String, ?> body) {
    return caller.call("PATCH", SYNC, json.writeValueAsString(body));
  }

  private void here(String job, JobSetting... settings) {
    jdbc.sql(
            """
            insert into job_workers (worker, job_type, settings) values ('a worker', :job, :settings::jsonb)
            on conflict (worker, job_type) do update set settings = excluded.settings, seen_at = now()
            """)
        .param("job", job)
        .param("settings", json.writeValueAsString(settings))
        .update();
  }

  private String token(String name) {
    String token = rows.token("admin", rows.project, "1 hour");
    jdbc.sql("update api_tokens set name = :name where project_id = :project")
        .param("name", name)
        .param("project", rows.project)
        .update();
    return token;
  }

  private void set(String columns) {
    jdbc.sql("update scheduled_jobs set " + columns + " where project_id = :project")
        .param("project", rows.project)
        .update();
  }

  private void runs(String columns) {
    jdbc.sql("update job_runs set " + columns + " where project_id = :project")
        .param("project", rows.project)
        .update();
  }

  private Instant of(String column) {
    return jdbc.sql("select " + column + " from scheduled_jobs where project_id = :project")
        .param("project", rows.project)
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant();
  }

  private List<Map<String, Object>> audit() {
    return jdbc.sql(
            """
            select token_id, token_name, action, object, before::text as before, after::text as after, address, request_id
            from audit_log where project_id = :project order by id
            """)
        .param("project", rows.project)
        .query()
        .listOfRows();
  }

  private static List<String> kinds(JsonNode explained) {
    return explained.path("holds").valueStream().map(hold -> hold.path("kind").asString()).toList();
  }

  private static JsonNode hold(JsonNode explained, String kind) {
    return explained
        .path("holds")
        .valueStream()
        .filter(hold -> hold.path("kind").asString().equals(kind))
        .findFirst()
        .orElseThrow(() -> new AssertionError(kind + " is not in " + explained));
  }
}
