package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.health.HealthSettingsTable;
import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Source;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.scheduler.SchedulerIT;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HealthIT extends SchedulerIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Autowired private RunRequests requests;
  @Autowired private RunHistory history;
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private HealthSettingsTable settings;
  @Autowired private TransactionTemplate transaction;

  private UUID project;
  private Source source;
  private long number;

  @BeforeEach
  void a_project() {
    project = newProject();
    source = sources.bind(project, URI.create("https://" + project + ".example.com"), 1);
    number = 0;
  }

  private JobRun run() {
    UUID id =
        requests
            .request(
                new RunRequest(project, JobType.HEALTH_SCORING, RunTrigger.MANUAL, "Ada", Map.of()))
            .runId();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> history.find(project, id).orElseThrow().status().finished());
    return history.find(project, id).orElseThrow();
  }

  private JsonNode ran() {
    JobRun run = run();
    assertThat(run.status()).as("%s", run).isEqualTo(RunStatus.OK);
    return run.result();
  }

  private String contact(long id) {
    String contact = "cwc:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_contacts (global_id, project_id, source_id, account_id, contact_id, data)
            values (:id, :p, :s, 1, :number, '{}') on conflict do nothing
            """)
        .param("id", contact)
        .param("p", project)
        .param("s", source.id())
        .param("number", id)
        .update();
    return contact;
  }

  private String conversation(String contact, String status) {
    long id = ++number;
    String conversation = "cw:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_conversations (global_id, project_id, source_id, account_id, conversation_id, status,
              contact_global_id, created_at, last_activity_at, data)
            values (:id, :p, :s, 1, :number, :status, :contact, now(), now(), '{}')
            """)
        .param("id", conversation)
        .param("p", project)
        .param("s", source.id())
        .param("number", id)
        .param("status", status)
        .param("contact", contact)
        .update();
    return conversation;
  }

  private String message(String conversation, String type, String ago) {
    return message(conversation, type, ago, "text", "{}");
  }

  private String message(
      String conversation, String type, String ago, String contentType, String data) {
    long id = ++number;
    String message = "cwmsg:" + project + ":1:" + id;
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content_type,
              private, created_at, data)
            values (:id, :p, :conversation, :number, :type, :content, false, now() - :ago::interval, :data::jsonb)
            """)
        .param("id", message)
        .param("p", project)
        .param("conversation", conversation)
        .param("number", id)
        .param("type", type)
        .param("content", contentType)
        .param("ago", ago)
        .param("data", data)
        .update();
    return message;
  }

  private UUID signal(String conversation, String type, int severity, String status, String ago) {
    return jdbc.sql(
            """
            insert into signals (project_id, conversation_global_id, type, status, severity, confidence, basis,
              first_seen_at, last_seen_at, occurrences)
            values (:p, :conversation, :type, :status, :severity, 0.9, '{}', now() - :ago::interval,
              now() - :ago::interval, 1) returning id
            """)
        .param("p", project)
        .param("conversation", conversation)
        .param("type", type)
        .param("severity", severity)
        .param("status", status)
        .param("ago", ago)
        .query(UUID.class)
        .single();
  }

  /** A conversation in which the team answered at once. */
  private String fine(String contact) {
    String conversation = conversation(contact, "open");
    message(conversation, "incoming", "2 days");
    message(conversation, "outgoing", "47 hours");
    return conversation;
  }

  private Integer score(String contact) {
    return jdbc.sql("select score from health_scores where contact_global_id = :c")
        .param("c", contact)
        .query(Integer.class)
        .optional()
        .orElse(null);
  }

  private JsonNode factor(String contact, String name) {
    String factors =
        jdbc.sql("select factors from health_scores where contact_global_id = :c")
            .param("c", contact)
            .query(String.class)
            .single();
    return JSON.readTree(factors)
        .valueStream()
        .filter(factor -> factor.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + factors));
  }

  private long count(String what) {
    return jdbc.sql("select count(*) from " + what + " where project_id = :p")
        .param("p", project)
        .query(Long.class)
        .single();
  }

  private void makeDue(String contact) {
    jdbc.sql("update health_due set due_at = now() where contact_global_id = :c")
        .param("c", contact)
        .update();
  }

  /** What the sums are that triggers keep, against what adding up gives. */
  private void requireSums() {
    String sums =
        "select contacts || ' ' || score_sum || ' ' || healthy || ' ' || watch || ' ' || at_risk || ' ' || critical"
            + " from health_projects where project_id = :p";
    String added =
        """
        select count(*) || ' ' || coalesce(sum(score), 0) || ' ' || count(*) filter (where score >= 75) || ' '
          || count(*) filter (where score between 50 and 74) || ' ' || count(*) filter (where score between 25 and 49)
          || ' ' || count(*) filter (where score < 25)
        from health_scores where project_id = :p and active
        """;
    assertThat(jdbc.sql(sums).param("p", project).query(String.class).single())
        .isEqualTo(jdbc.sql(added).param("p", project).query(String.class).single());
  }

  @Test
  void contacts_are_scored_by_their_stories_and_again_only_when_there_is_news() {
    String angry = contact(1);
    String content = contact(2);
    String waiting = conversation(angry, "open");
    message(waiting, "incoming", "5 days");
    message(waiting, "outgoing", "4 days");
    String asked = message(waiting, "incoming", "30 hours");
    UUID complaint = signal(waiting, "complaint", 5, "accepted", "30 hours");
    UUID dismissed = signal(waiting, "churn_risk", 5, "dismissed", "30 hours");
    String rated = conversation(angry, "resolved");
    message(rated, "incoming", "9 days");
    String survey =
        message(
            rated,
            "template",
            "8 days",
            "input_csat",
            "{\"content_attributes\": {\"submitted_values\": {\"csat_survey_response\": {\"rating\": 1}}}}");
    String back = message(rated, "incoming", "7 days");
    fine(content);

    JsonNode first = ran();

    assertThat(first.path("conversations").asInt()).isEqualTo(3);
    assertThat(first.path("contacts").asInt()).isEqualTo(2);
    assertThat(score(angry)).isLessThan(50);
    assertThat(score(content)).isEqualTo(100);
    assertThat(factor(angry, "unanswered").path("evidence").toString()).contains(asked);
    assertThat(factor(angry, "unanswered").path("value").asDouble()).isBetween(29.9, 30.2);
    assertThat(factor(angry, "response_latency").path("value").asDouble()).isEqualTo(24);
    assertThat(factor(angry, "csat").path("evidence").toString()).contains(survey);
    assertThat(factor(angry, "csat").path("value").asDouble()).isEqualTo(1);
    assertThat(factor(angry, "reopen_rate").path("evidence").toString()).contains(back);
    assertThat(factor(angry, "negative_signals").path("evidence").toString())
        .contains(complaint.toString())
        .doesNotContain(dismissed.toString());
    requireSums();
    assertThat(count("health_project_days")).isEqualTo(1);

    JsonNode second = ran();

    assertThat(second.path("conversations").asInt()).isZero();
    assertThat(second.path("contacts").asInt()).isZero();

    message(waiting, "outgoing", "1 minute");
    JsonNode third = ran();

    assertThat(third.path("conversations").asInt()).isEqualTo(1);
    assertThat(third.path("contacts").asInt()).as("the other one is left alone").isEqualTo(1);
    assertThat(factor(angry, "unanswered").path("risk").asDouble()).isZero();
    assertThat(count("health_history")).as("a row per contact and day").isEqualTo(2);
    requireSums();
  }

  @Test
  void a_signal_that_comes_changes_or_goes_changes_the_score() {
    String contact = contact(1);
    String conversation = fine(contact);
    ran();
    assertThat(score(contact)).isEqualTo(100);

    UUID signal = signal(conversation, "refund_request", 5, "proposed", "1 hour");
    ran();
    int proposed = score(contact);
    jdbc.sql("update signals set status = 'accepted' where id = :id").param("id", signal).update();
    ran();
    int accepted = score(contact);
    jdbc.sql("update signals set status = 'done' where id = :id").param("id", signal).update();
    ran();

    assertThat(proposed).isLessThan(100);
    assertThat(accepted).isLessThan(proposed);
    assertThat(score(contact)).isEqualTo(100);

    signal(conversation, "praise", 5, "accepted", "1 hour");
    jdbc.sql("update signals set status = 'accepted' where id = :id").param("id", signal).update();
    ran();
    assertThat(score(contact)).isEqualTo(accepted);
    jdbc.sql("delete from signals where id = :id").param("id", signal).update();
    ran();
    assertThat(score(contact)).isEqualTo(100);
  }

  /** The clock stands still; what happened moves into the past. */
  @Test
  void old_troubles_fade_although_nothing_happens() {
    String contact = contact(1);
    String conversation = conversation(contact, "open");
    message(conversation, "incoming", "3 days");
    message(conversation, "outgoing", "1 day");
    signal(conversation, "complaint", 5, "accepted", "1 day");
    ran();
    int fresh = score(contact);
    int before = fresh;

    for (int i = 0; i < 3; i++) {
      age(contact, 14);
      makeDue(contact);
      JsonNode run = ran();
      assertThat(run.path("conversations").asInt()).as("nothing changed").isZero();
      assertThat(run.path("contacts").asInt()).isEqualTo(1);
      assertThat(score(contact)).isGreaterThan(before);
      before = score(contact);
    }
    age(contact, 200);
    makeDue(contact);
    ran();

    assertThat(fresh).isLessThan(65);
    assertThat(score(contact)).isEqualTo(100);
    assertThat(count("health_due")).as("it is settled").isZero();
    assertThat(count("health_scores")).isEqualTo(1);
    requireSums();
    assertThat(
            jdbc.sql("select contacts from health_projects where project_id = :p")
                .param("p", project)
                .query(Integer.class)
                .single())
        .as("who is gone for long counts no more")
        .isZero();
  }

  /** As if so many days had passed; what the triggers note of it is taken back. */
  private void age(String contact, int days) {
    for (String table : new String[] {"replies", "visits"}) {
      jdbc.sql(
              """
              update health_conversations
              set last_customer_at = last_customer_at
                    - make_interval(days => case when :list = 'visits' then :days else 0 end),
                  facts = jsonb_set(facts, array[:list], (
                    select coalesce(jsonb_agg(e || jsonb_build_object('at', (e ->> 'at')::bigint - :days * 86400)), '[]')
                    from jsonb_array_elements(facts -> :list) e))
              where contact_global_id = :c
              """)
          .param("list", table)
          .param("days", days)
          .param("c", contact)
          .update();
    }
    jdbc.sql(
            """
            update signals set last_seen_at = last_seen_at - make_interval(days => :days),
              first_seen_at = first_seen_at - make_interval(days => :days)
            where project_id = :p
            """)
        .param("days", days)
        .param("p", project)
        .update();
    jdbc.sql("delete from changed_conversations where project_id = :p and reader = 'health'")
        .param("p", project)
        .update();
  }

  @Test
  void a_merge_moves_what_is_known_and_a_contact_that_is_gone_has_no_score() {
    String merged = contact(1);
    String base = contact(2);
    String conversation = conversation(merged, "open");
    message(conversation, "incoming", "20 hours");
    fine(base);
    ran();
    int waiting = score(merged);
    assertThat(score(base)).isEqualTo(100);

    jdbc.sql("update cw_conversations set contact_global_id = :to where global_id = :id")
        .param("to", base)
        .param("id", conversation)
        .update();
    jdbc.sql("update cw_contacts set deleted_at = now() where global_id = :id")
        .param("id", merged)
        .update();
    JsonNode moved = ran();

    assertThat(moved.path("removed").asInt()).isEqualTo(1);
    assertThat(score(merged)).isNull();
    assertThat(score(base)).isBetween(waiting, 99);
    assertThat(count("health_history")).isEqualTo(1);
    requireSums();

    override(base, "30 days");
    jdbc.sql("update cw_contacts set deleted_at = now() where global_id = :id")
        .param("id", base)
        .update();
    ran();
    assertThat(count("health_scores")).isZero();
    assertThat(count("health_overrides")).isZero();
    requireSums();

    jdbc.sql("update cw_contacts set deleted_at = null where global_id = :id")
        .param("id", base)
        .update();
    ran();
    assertThat(score(base)).as("it was restored").isBetween(waiting, 99);
  }

  private void override(String contact, String expires) {
    jdbc.sql(
            """
            insert into health_overrides (contact_global_id, project_id, score, reason, set_by, expires_at)
            values (:c, :p, 10, 'said so', 'Ada', now() + :expires::interval)
            """)
        .param("c", contact)
        .param("p", project)
        .param("expires", expires)
        .update();
  }

  @Test
  void what_is_erased_is_scored_no_more() {
    String contact = contact(1);
    String other = contact(2);
    fine(contact);
    String bad = conversation(contact, "open");
    message(bad, "incoming", "40 hours");
    fine(other);
    ran();
    assertThat(score(contact)).isLessThan(75);

    erase(Kind.CONVERSATION, Long.parseLong(bad.substring(bad.lastIndexOf(':') + 1)));
    ran();
    assertThat(score(contact)).isEqualTo(100);

    erase(Kind.CONTACT, 1);
    ran();
    assertThat(score(contact)).isNull();
    assertThat(count("health_scores")).isEqualTo(1);
    assertThat(count("health_conversations")).isEqualTo(1);
    requireSums();
  }

  private void erase(Kind kind, long id) {
    var wish =
        transaction.execute(
            status -> erasures.request(source, kind, id, "test").orElseThrow().erasure());
    // The scheduler's own sweep may do it as well.
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              erasures.advance(100);
              return erasures.find(project, wish.id()).orElseThrow().finishedAt() != null;
            });
  }

  @Test
  void one_that_can_not_be_worked_harms_no_other() {
    String broken = contact(1);
    String spoilt = contact(2);
    String fine = contact(3);
    String brokenOne = fine(broken);
    fine(spoilt);
    String fineOne = fine(fine);
    ran();
    message(brokenOne, "incoming", "20 hours");
    message(fineOne, "incoming", "20 hours");
    jdbc.sql("update health_conversations set facts = '[]' where contact_global_id <> :c")
        .param("c", fine)
        .update();
    jdbc.sql("select note_health_due(array[:c])").param("c", spoilt).query().listOfRows();

    JobRun run = run();

    assertThat(run.status()).isEqualTo(RunStatus.PARTIAL);
    assertThat(run.result().path("failed").asInt()).isEqualTo(2);
    assertThat(score(fine)).isLessThan(100);
    assertThat(score(spoilt)).as("as it was").isEqualTo(100);
    assertThat(ran().path("failed").asInt()).as("they wait for their next turn").isZero();
    assertThat(
            jdbc.sql(
                    """
                    select failures from health_due where project_id = :p and failures > 0
                    union all
                    select failures from changed_conversations where project_id = :p and reader = 'health'
                    """)
                .param("p", project)
                .query(Integer.class)
                .list())
        .containsExactly(1, 1);
  }

  @Test
  void other_weights_make_all_scores_again_and_old_history_goes() {
    String waits = contact(1);
    String content = contact(2);
    message(conversation(waits, "open"), "incoming", "20 hours");
    fine(content);
    ran();
    int before = score(waits);
    jdbc.sql(
            """
            insert into health_history (contact_global_id, project_id, day, score)
            select :c, :p, current_date - n, 50 from unnest(array[1, 399, 401, 402, 5000]) n
            """)
        .param("c", waits)
        .param("p", project)
        .update();

    override(waits, "-91 days");
    override(content, "-89 days");
    settings.change(project, new HealthWeights(100, 0, 10, 0, 0, 0), "Ada");
    JsonNode again = ran();

    assertThat(again.path("contacts").asInt()).isEqualTo(2);
    assertThat(score(waits)).isLessThan(before - 10);
    assertThat(score(content)).isEqualTo(100);
    assertThat(count("health_history")).isEqualTo(4);
    assertThat(count("health_overrides")).as("not yet the younger one").isEqualTo(1);
    assertThat(ran().path("contacts").asInt()).isZero();
    requireSums();
  }

  @Test
  void what_bots_notes_and_failed_messages_say_is_no_answer() {
    String contact = contact(1);
    String conversation = conversation(contact, "open");
    String asked = message(conversation, "incoming", "10 hours");
    message(conversation, "activity", "9 hours");
    for (String not :
        new String[] {
          "sender_type = 'agent_bot'", "private = true", "status = 'failed'", "deleted_at = now()"
        }) {
      jdbc.sql("update cw_messages set " + not + " where global_id = :id")
          .param("id", message(conversation, "outgoing", "8 hours"))
          .update();
    }
    ran();
    assertThat(factor(contact, "unanswered").path("evidence").toString()).contains(asked);

    jdbc.sql(
            "update cw_conversations set status = 'resolved', changed_at = now() + interval '1 s' where global_id = :id")
        .param("id", conversation)
        .update();
    ran();
    assertThat(factor(contact, "unanswered").path("risk").asDouble()).isZero();
    assertThat(factor(contact, "reopen_rate").path("explanation").asString())
        .isEqualTo("The contact came back after 0 of 1 resolutions.");
  }
}
