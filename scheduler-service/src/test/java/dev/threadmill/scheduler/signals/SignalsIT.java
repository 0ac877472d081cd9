package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What customers say becomes signals, and so does their silence. */
class SignalsIT extends SignalRuns {
  @Autowired private KnownSignals known;
  @Autowired private TransactionTemplate transaction;

  @Test
  void one_message_more_is_read_without_those_before_it() {
    for (int n = 0; n < 3; n++) {
      account.message(conversation, "I want my money back");
    }
    assertThat(run().path("messages").asInt()).isEqualTo(3);

    account.message(conversation, "I want my money back");
    JsonNode more = run();
    account.changeConversation(conversation, "labels = '{vip}'");
    JsonNode labelled = run();

    assertThat(more.path("messages").asInt()).isEqualTo(1);
    assertThat(signals()).containsExactly("refund_request accepted 4");
    assertThat(labelled.path("conversations").asInt()).isEqualTo(1);
    assertThat(labelled.path("messages").asInt()).isZero();
  }

  @Test
  void what_customers_say_becomes_signals_and_a_second_run_does_nothing() {
    account.message(conversation, "Hello! I want my money back. Thanks");
    account.message(conversation, "Верните мне деньги!", "incoming", "2 days");
    account.message(conversation, "Приложение постоянно вылетает", "incoming", "1 min");
    account.message(conversation, "I want to cancel my subscription", "outgoing", "0");
    account.change(account.message(conversation, "This is unacceptable"), "private = true");
    account.change(account.message(conversation, "This is unacceptable"), "deleted_at = now()");
    account.message(conversation, "Can you send me the invoice?");

    JsonNode first = run();

    assertThat(signals()).containsExactly("bug_report accepted 1", "refund_request accepted 2");
    assertThat(evidence())
        .containsExactly(
            "I want my money back", "Приложение постоянно вылетает", "Верните мне деньги");
    assertThat(
            jdbc.sql(
                    """
                    select count(*) from signals
                    where project_id = :project and contact_global_id = :contact and severity = 4
                      and last_seen_at - first_seen_at > interval '47 hours' and basis -> 'rule' ->> 'id' like '%refund%'
                    """)
                .param("project", account.project)
                .param("contact", contact)
                .query(Integer.class)
                .single())
        .isEqualTo(1);
    assertThat(first.toString()).contains("\"signals_new\":2").doesNotContain("money");
    assertThat(run().toString()).contains("\"conversations\":0", "\"left\":false");
  }

  @Test
  void a_projects_own_rules_are_looked_for_besides() {
    jdbc.sql(
            """
            insert into signal_rules (project_id, name, type, severity, confidence, phrases)
            values (:project, 'rocket', 'praise', 2, 0.5, '{to the (moon|stars)}')
            """)
        .param("project", account.project)
        .update();
    account.message(conversation, "You bring us to the moon!");

    run();

    assertThat(signals()).containsExactly("praise proposed 1");
  }

  @Test
  void a_message_more_in_a_conversation_of_thousands_is_one_message_more() {
    jdbc.sql(
            """
            insert into cw_messages (global_id, project_id, conversation_global_id, message_id, message_type, content,
              private, created_at, changed_at, data)
            select 'cwmsg:' || :project || ':1:' || n, :project, :conversation, n, 'incoming', 'Error 502 again', false,
              now() - n * interval '1 min', now() - interval '2 hours', '{}'
            from generate_series(1001, 3500) n
            """)
        .param("project", account.project)
        .param("conversation", conversation)
        .update();
    run();
    assertThat(signals()).containsExactly("bug_report accepted 2500");
    String more = account.message(conversation, "Error 503 now");

    assertThat(run().toString()).contains("\"messages\":1,");

    assertThat(signals()).containsExactly("bug_report accepted 2501");
    Signal loaded =
        Objects.requireNonNull(
                transaction.execute(
                    status -> known.load(List.of(conversation), List.of(more)).get(conversation)))
            .signals()
            .getFirst();
    assertThat(loaded.evidence()).extracting(Evidence::messageId).containsExactly(more);
    assertThat(loaded.occurrences()).isEqualTo(2501);

    account.change(more, "deleted_at = now(), content = null");
    run();
    assertThat(signals()).containsExactly("bug_report accepted 2500");
    assertThat(
            jdbc.sql(
                    """
                    select count(*) filter (where e.confidence > 0) = s.occurrences and max(said_at) = s.last_seen_at
                      and min(said_at) = s.first_seen_at
                    from signals s join signal_evidence e on e.signal_id = s.id where s.project_id = :project group by s.id
                    """)
                .param("project", account.project)
                .query((row, n) -> row.getBoolean(1))
                .single())
        .isTrue();
  }

  @Test
  void one_bad_message_is_set_aside_and_harms_no_other() {
    jdbc.sql(
            """
            create or replace function refuse() returns trigger language plpgsql as $$
            begin raise exception 'refused'; end $$;
            create or replace trigger refuse before insert on signal_evidence for each row
            when (new.quote like '%unbearable-42%') execute function refuse()
            """)
        .update();
    account.message(conversation, "I want a refund, unbearable-42");
    account.message(conversation, "This is unacceptable!");
    account.message(account.conversation(contact), "The app keeps crashing");

    assertThat(run("partial").toString()).contains("\"set_aside\":1");

    assertThat(signals()).containsExactly("bug_report accepted 1", "complaint accepted 1");
    jdbc.sql("drop trigger refuse on signal_evidence").update();
    jdbc.sql(
            "update changed_conversations set due_at = now() where project_id = :project and failures > 0")
        .param("project", account.project)
        .update();
    run();
    assertThat(signals()).hasSize(3);
  }

  @Test
  void a_customer_who_is_silent_against_habit_is_a_signal_until_it_writes_again() {
    for (int week = 7; week >= 1; week--) {
      account.message(conversation, "weekly report", "incoming", -(week + 3) * 7 + " days");
    }
    String rare = account.conversation(account.contact());
    account.message(rare, "once", "incoming", "-80 days");

    run();
    assertThat(signals()).containsExactly("communication_gap accepted 1");
    assertThat(run().toString()).contains("\"contacts_due\":0");

    // Merged: no message changed, and the silence goes along.
    String merged = account.contact();
    account.changeConversation(conversation, "contact_global_id = '" + merged + "'");
    run();
    assertThat(signals()).containsExactly("communication_gap accepted 1");
    assertThat(
            jdbc.sql(
                    "select contact_global_id from contact_rhythms where project_id = :project and visits > 1")
                .param("project", account.project)
                .query(String.class)
                .list())
        .containsExactly(merged);

    account.message(conversation, "here again");
    run();
    assertThat(signals()).containsExactly("communication_gap done 1");
  }
}
