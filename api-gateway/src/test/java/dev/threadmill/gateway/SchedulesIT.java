package dev.threadmill.gateway;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.JobSetting;
import dev.threadmill.gateway.Caller.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Schedules as people shape, pause and resume them. */
@GatewayTest
class SchedulesIT extends ScheduledProject {
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
}
