package dev.threadmill.scheduler.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a contact's score is made of, and how it fades. */
class HealthIT extends HealthRuns {
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
  void what_a_campaign_writes_is_no_answer() {
    String contact = contact(1);
    String asked = conversation(contact, "open");
    message(asked, "incoming", "30 hours");
    outbound(contact, asked, message(asked, "outgoing", "1 hour"));
    String other = contact(2);
    String marked = conversation(other, "open");
    message(marked, "incoming", "30 hours");
    message(
        marked,
        "outgoing",
        "1 minute",
        "text",
        "{\"content_attributes\": {\"threadmill_outbound_id\": \"on its way\"}}");
    outbound(other, marked, null);

    ran();

    for (String one : List.of(contact, other)) {
      assertThat(factor(one, "unanswered").path("value").asDouble()).isBetween(29.9, 30.2);
    }
    message(asked, "outgoing", "1 minute");
    ran();
    assertThat(factor(contact, "unanswered").path("risk").asDouble()).isZero();
    assertThat(factor(contact, "response_latency").path("value").asDouble()).isGreaterThan(29);
  }

  /**
   * A campaign's message.
   *
   * @param message as it is stored; null: it is not known yet which it is
   */
  private void outbound(String contact, String conversation, String message) {
    jdbc.sql(
            """
            with c as (
              insert into campaigns (project_id, name, state, segment, steps, rules, created_by, approved_by, approved_at)
              values (:p, 'a campaign', 'paused', '{}', '[]', '{}', 'Noor', 'Noor', now()) returning id)
            insert into outbound_messages (project_id, campaign_id, contact_global_id, conversation_global_id, step, channel,
              text, state, claimed_at, check_at, sent_at, message_id)
            select :p, c.id, :contact, :conversation, 0, 'chatwoot', '10 % off',
              case when :number::bigint is null then 'unknown' else 'sent' end, now(),
              case when :number::bigint is null then now() + interval '1 hour' end,
              case when :number::bigint is not null then now() end, :number::bigint
            from c
            """)
        .param("p", project)
        .param("contact", contact)
        .param("conversation", conversation)
        .param("number", message == null ? null : message.substring(message.lastIndexOf(':') + 1))
        .update();
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
    jdbc.sql("delete from health_signal_changes where project_id = :p")
        .param("p", project)
        .update();
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

  @Test
  void a_conversation_that_is_resolved_once_is_not_reopened_by_what_is_stored_later() {
    String contact = contact(1);
    String conversation = conversation(contact, "open");
    message(conversation, "incoming", "9 days");
    message(conversation, "activity", "8 days");
    message(conversation, "incoming", "3 hours");
    ran();
    // The list is read first, the messages by a later run.
    jdbc.sql(
            """
            update cw_conversations
            set status = 'resolved', last_activity_at = now() - interval '1 hour', changed_at = now() + interval '1 s'
            where global_id = :id
            """)
        .param("id", conversation)
        .update();
    ran();
    message(conversation, "outgoing", "2 hours");
    message(conversation, "incoming", "119 minutes");
    message(conversation, "activity", "1 hour");
    ran();

    String once = "The contact came back after 0 of 1 resolutions.";
    assertThat(factor(contact, "reopen_rate").path("explanation").asString()).isEqualTo(once);

    // What was found before plays no part: the same rows tell the same.
    jdbc.sql(
            "update health_conversations set facts = jsonb_set(facts, '{ends}', '[{\"at\": 1}]') where contact_global_id = :c")
        .param("c", contact)
        .update();
    jdbc.sql(
            "update cw_conversations set changed_at = now() + interval '2 s' where global_id = :id")
        .param("id", conversation)
        .update();
    ran();
    assertThat(factor(contact, "reopen_rate").path("explanation").asString()).isEqualTo(once);
  }
}
