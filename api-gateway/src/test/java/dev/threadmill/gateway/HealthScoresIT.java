package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.gateway.Caller.Answer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class HealthScoresIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;

  private Rows rows;
  private Caller caller;
  private long number;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
    number = 0;
  }

  private String globalId(long contact) {
    return "cwc:" + rows.project + ":" + rows.account() + ":" + contact;
  }

  /** As the scheduler writes it. */
  private long scored(int score) {
    long contact = ++number;
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, name, data)
            values (:id, :p, :s, :account, :number, 'Ada', '{}')
            """)
        .param("id", globalId(contact))
        .param("p", rows.project)
        .param("s", rows.source)
        .param("account", rows.account())
        .param("number", contact)
        .update();
    jdbc.sql(
            """
            insert into health_scores (contact_global_id, project_id, score, active, formula, settings_no, factors,
              calculated_at)
            values (:id, :p, :score, true, 1, 0, :factors::jsonb, now())
            """)
        .param("id", globalId(contact))
        .param("p", rows.project)
        .param("score", score)
        .param(
            "factors",
            """
            [{"name": "unanswered", "weight": 25, "share": 0.5, "value": 10.5, "unit": "hours", "risk": 0.6, "points": 30.0,
              "explanation": "A message has waited 10.5 hours for an answer.", "evidence": ["cwmsg:p:1:9"]}]
            """)
        .update();
    return contact;
  }

  private Answer override(long contact, int score, String expires) {
    return caller.call(
        "PUT",
        "/health-scores/" + contact + "/override",
        JSON.writeValueAsString(
            Map.of("score", score, "reason", "We talked", "expires_at", expires)));
  }

  private static String inDays(int days) {
    return Instant.now().plus(days, ChronoUnit.DAYS).toString();
  }

  private void expire(long contact) {
    jdbc.sql("update health_overrides set expires_at = now() where contact_global_id = :id")
        .param("id", globalId(contact))
        .update();
  }

  private List<Integer> pages(String path) {
    List<Integer> scores = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = caller.get(path + cursor).json();
      page.path("items")
          .forEach(
              item -> {
                scores.add(item.path("score").asInt());
                ids.add(item.path("contact").path("global_id").asString());
              });
      cursor =
          page.path("next_cursor").isNull()
              ? null
              : "&cursor=" + page.path("next_cursor").asString();
    } while (cursor != null);
    assertThat(ids).doesNotHaveDuplicates();
    return scores;
  }

  private List<String> audited() {
    return jdbc.sql("select action from audit_log where project_id = :p order by id")
        .param("p", rows.project)
        .query(String.class)
        .list();
  }

  @Test
  void scores_are_listed_in_pages_in_either_order_and_by_tier_and_range() {
    for (int score : new int[] {80, 10, 80, 30, 80, 60, 100}) {
      scored(score);
    }

    assertThat(pages("/health-scores?limit=2")).containsExactly(10, 30, 60, 80, 80, 80, 100);
    assertThat(pages("/health-scores?limit=2&order=best"))
        .containsExactly(100, 80, 80, 80, 60, 30, 10);
    assertThat(pages("/health-scores?tier=healthy&limit=3")).containsExactly(80, 80, 80, 100);
    assertThat(pages("/health-scores?tier=watch")).containsExactly(60);
    assertThat(pages("/health-scores?tier=at_risk")).containsExactly(30);
    assertThat(pages("/health-scores?tier=critical")).containsExactly(10);
    assertThat(pages("/health-scores?min=30&max=80&tier=watch")).containsExactly(60);
    assertThat(pages("/health-scores?min=30&max=79")).containsExactly(30, 60);
    caller
        .get("/health-scores")
        .json()
        .path("items")
        .forEach(
            item ->
                assertThat(pages("/health-scores?tier=" + item.path("tier").asString()))
                    .contains(item.path("score").asInt()));
    String cursor = caller.get("/health-scores?limit=2").json().path("next_cursor").asString();
    assertThat(caller.get("/health-scores?order=best&cursor=" + cursor).code())
        .isEqualTo("invalid_request");
  }

  @Test
  void what_a_person_says_wins_until_it_expires_everywhere() {
    long overridden = scored(90);
    scored(40);
    scored(60);
    assertThat(caller.get("/health-scores/project").json().path("score").asDouble())
        .isEqualTo(63.3);

    JsonNode set = override(overridden, 5, inDays(7)).json();

    assertThat(set.path("health").path("score").asInt()).isEqualTo(5);
    assertThat(set.path("health").path("tier").asString()).isEqualTo("critical");
    assertThat(set.path("health").path("calculated_score").asInt()).isEqualTo(90);
    assertThat(set.path("health").path("override").path("reason").asString())
        .isEqualTo("We talked");
    assertThat(pages("/health-scores?limit=1")).containsExactly(5, 40, 60);
    assertThat(pages("/health-scores?tier=healthy")).isEmpty();
    assertThat(pages("/health-scores?max=39&order=best&limit=1")).containsExactly(5);
    JsonNode project = caller.get("/health-scores/project").json();
    assertThat(project.path("score").asDouble()).isEqualTo(35.0);
    assertThat(project.path("tier").asString()).isEqualTo("at_risk");
    assertThat(project.path("tiers").toString())
        .isEqualTo("{\"healthy\":0,\"watch\":1,\"at_risk\":1,\"critical\":1}");

    override(overridden, 50, inDays(1));
    assertThat(pages("/health-scores?limit=2")).containsExactly(40, 50, 60);
    // What it says of the contact stands in the override alone, which goes with the contact.
    assertThat(
            jdbc.sql("select audit_log::text from audit_log where project_id = :p")
                .param("p", rows.project)
                .query(String.class)
                .list())
        .hasSize(2)
        .noneMatch(entry -> entry.contains("We talked"));
    expire(overridden);

    assertThat(pages("/health-scores?limit=2")).containsExactly(40, 60, 90);
    JsonNode expired = caller.get("/health-scores/" + overridden).json().path("health");
    assertThat(expired.path("score").asInt()).isEqualTo(90);
    assertThat(expired.path("override").isNull()).isTrue();
    assertThat(caller.get("/health-scores/project").json().path("score").asDouble())
        .isEqualTo(63.3);
    assertThat(audited()).containsExactly("health.override", "health.override");
  }

  @Test
  void an_override_is_taken_back_once_and_noted() {
    long contact = scored(90);
    override(contact, 5, inDays(7));
    String path = "/health-scores/" + globalId(contact) + "/override";

    assertThat(caller.call("DELETE", path, null).status()).isEqualTo(204);

    assertThat(caller.call("DELETE", path, null).status()).isEqualTo(404);
    assertThat(pages("/health-scores?limit=5")).containsExactly(90);
    assertThat(audited()).containsExactly("health.override", "health.release");
    assertThat(
            jdbc.sql(
                    "select before ->> 'score' from audit_log where project_id = :p and after is null")
                .param("p", rows.project)
                .query(String.class)
                .single())
        .isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"score\": 101, \"reason\": \"x\", \"expires_at\": \"2126-01-01T00:00:00Z\"}",
        "{\"score\": 50, \"reason\": \" \", \"expires_at\": \"IN_A_DAY\"}",
        "{\"score\": 50, \"reason\": \"x\", \"expires_at\": \"2020-01-01T00:00:00Z\"}",
        "{\"score\": 50, \"reason\": \"x\", \"expires_at\": \"2126-01-01T00:00:00Z\"}",
        "{\"score\": 50, \"reason\": \"x\", \"expires_at\": \"tomorrow\"}",
        "{\"score\": 50, \"reason\": \"x\"}"
      })
  void an_override_needs_a_score_a_reason_and_an_end(String body) {
    long contact = scored(90);

    Answer refused =
        caller.call(
            "PUT", "/health-scores/" + contact + "/override", body.replace("IN_A_DAY", inDays(1)));

    assertThat(refused.code()).as(refused.text()).isEqualTo("invalid_request");
    assertThat(audited()).isEmpty();
  }

  @Test
  void a_score_comes_with_its_factors_and_its_history() {
    long contact = scored(70);
    jdbc.sql(
            """
            insert into health_history (contact_global_id, project_id, day, score)
            select :id, :p, current_date - n, 70 - n from generate_series(0, 5) n
            """)
        .param("id", globalId(contact))
        .param("p", rows.project)
        .update();

    JsonNode detail = caller.get("/health-scores/" + contact + "?days=3").json();

    assertThat(detail.path("formula_version").asInt()).isEqualTo(1);
    assertThat(detail.path("factors").path(0).path("explanation").asString())
        .isEqualTo("A message has waited 10.5 hours for an answer.");
    assertThat(detail.path("factors").path(0).path("evidence").path(0).asString())
        .isEqualTo("cwmsg:p:1:9");
    assertThat(detail.path("history").valueStream().map(day -> day.path("score").asInt()))
        .containsExactly(70, 69, 68);
    assertThat(detail.path("health").path("contact").path("link").asString())
        .endsWith("/contacts/" + contact);
    assertThat(caller.get("/health-scores/" + globalId(contact)).json().path("health"))
        .isEqualTo(detail.path("health"));
    assertThat(caller.get("/health-scores/" + contact + "?days=401").code())
        .isEqualTo("invalid_request");
  }

  @Test
  void what_is_gone_or_of_another_project_is_not_there() {
    long contact = scored(70);
    long gone = scored(20);
    jdbc.sql("update cw_contacts set deleted_at = now() where global_id = :id")
        .param("id", globalId(gone))
        .update();
    Rows others = new Rows(jdbc);
    Caller other = Caller.admin(port).of(others.project);

    assertThat(pages("/health-scores?limit=5")).containsExactly(70);
    assertThat(caller.get("/health-scores/" + gone).status()).isEqualTo(404);
    assertThat(override(gone, 5, inDays(1)).status()).isEqualTo(404);
    assertThat(other.get("/health-scores").json().path("items")).isEmpty();
    assertThat(other.get("/health-scores/" + globalId(contact)).status()).isEqualTo(404);
    assertThat(
            other
                .call(
                    "PUT",
                    "/health-scores/" + globalId(contact) + "/override",
                    "{\"score\": 5, \"reason\": \"x\", \"expires_at\": \"" + inDays(1) + "\"}")
                .status())
        .isEqualTo(404);
    JsonNode nothing = other.get("/health-scores/project").json();
    assertThat(nothing.path("score").isNull()).isTrue();
    assertThat(nothing.path("contacts").asInt()).isZero();
  }

  @Test
  void weights_are_checked_noted_and_administrators_business() {
    JsonNode before = caller.get("/health-scores/settings").json();
    assertThat(before.path("weights").path("negative_signals").asInt()).isEqualTo(25);
    assertThat(before.path("set_by").isNull()).isTrue();
    for (String refused :
        List.of(
            "{\"unanswered\": 101}",
            "{\"csat\": -1}",
            "{\"unanswered\": 0, \"negative_signals\": 0}",
            "{\"csat\": \"much\"}",
            "{\"smiles\": 3}")) {
      assertThat(caller.call("PUT", "/health-scores/settings", refused).status())
          .as(refused)
          .isEqualTo(400);
    }

    Answer set = caller.call("PUT", "/health-scores/settings", "{\"csat\": 40}");

    assertThat(set.status()).as(set.text()).isEqualTo(200);
    JsonNode after = caller.get("/health-scores/settings").json();
    assertThat(after).isEqualTo(set.json());
    assertThat(after.path("weights").path("csat").asInt()).isEqualTo(40);
    assertThat(after.path("weights").path("unanswered").asInt()).isEqualTo(25);
    caller.call("PUT", "/health-scores/settings", "{\"csat\": 40}");
    assertThat(
            jdbc.sql("select settings_no from health_settings where project_id = :p")
                .param("p", rows.project)
                .query(Integer.class)
                .single())
        .as("the same again changes nothing")
        .isEqualTo(1);
    assertThat(audited()).containsExactly("health.weigh");

    Caller run = Caller.anonymous(port).token(rows.token("run", rows.project, "1 hour"));
    long contact = scored(50);
    assertThat(run.get("/health-scores/settings").status()).isEqualTo(403);
    assertThat(run.get("/v1/health-scores/settings").status()).isEqualTo(403);
    assertThat(run.call("PUT", "/health-scores/settings", "{}").status()).isEqualTo(403);
    assertThat(run.call("DELETE", "/health-scores/" + contact + "/override", null).status())
        .isEqualTo(403);
    assertThat(run.get("/health-scores/" + contact).status()).isEqualTo(200);
    assertThat(run.get("/health-scores/project").status()).isEqualTo(200);
  }
}
