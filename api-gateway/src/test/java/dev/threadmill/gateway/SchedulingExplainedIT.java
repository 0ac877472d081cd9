package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The answer to why a job did not run. */
@GatewayTest
class SchedulingExplainedIT extends ScheduledProject {
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

  private void runs(String columns) {
    jdbc.sql("update job_runs set " + columns + " where project_id = :project")
        .param("project", rows.project)
        .update();
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
