package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.signal.SignalType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;

/** What becomes of signals when messages, conversations, rules or decisions change. */
class SignalChangesIT extends SignalRuns {
  @Autowired private SignalTable table;
  @Autowired private KnownSignals known;

  private void decide(String status) {
    jdbc.sql(
            """
            update signals set status = :status, decided_by = 'Ada', decided_at = now() where project_id = :project
            """)
        .param("status", status)
        .param("project", account.project)
        .update();
  }

  @Test
  void evidence_goes_with_its_message_and_a_signal_with_its_last_evidence() {
    String complaint = account.message(conversation, "Nobody answers my emails.");
    String refund = account.message(conversation, "I want a refund");
    String other = account.message(conversation, "Where is my parcel?");
    run();
    assertThat(signals()).hasSize(3);

    account.change(complaint, "content = 'Somebody answered, fine'");
    account.change(refund, "deleted_at = now(), content = null");
    account.change(other, "private = true, content = null");
    run();

    assertThat(signals()).isEmpty();
    assertThat(evidence()).isEmpty();
  }

  @Test
  void what_was_dismissed_stays_so_and_new_evidence_is_a_new_signal() {
    String message = account.message(conversation, "I want a refund");
    run();
    decide("dismissed");

    account.change(message, "status = 'read'");
    run();
    assertThat(signals()).containsExactly("refund_request dismissed 1");
    account.message(conversation, "Give me my money back", "incoming", "1 hour");
    run();

    assertThat(signals())
        .containsExactly("refund_request dismissed 1", "refund_request accepted 1");

    account.changeConversation(conversation, "deleted_at = now()");
    run();
    assertThat(signals()).containsExactly("refund_request dismissed 0");
    assertThat(evidence()).as("no words are kept").containsExactly("");
    account.changeConversation(conversation, "deleted_at = null");
    run();
    assertThat(signals())
        .as("what was decided is not asked again")
        .containsExactly("refund_request dismissed 1", "refund_request accepted 1");
  }

  @Test
  void what_was_read_before_an_erasure_can_not_be_written_after_it() {
    Map<String, Dossier> read = known.load(List.of(conversation), List.of("cwmsg:1"));
    Objects.requireNonNull(read.get(conversation))
        .said(
            "cwmsg:1",
            Instant.now(),
            List.of(new ByWords(SignalType.COMPLAINT, "en.rule", 3, 0.9, "a quote")),
            List.of());
    jdbc.sql("delete from changed_conversations where conversation_global_id = :id")
        .param("id", conversation)
        .update();
    jdbc.sql("delete from cw_conversations where global_id = :id")
        .param("id", conversation)
        .update();

    assertThatThrownBy(() -> table.write(account.project, read.values(), Map.of()))
        .isInstanceOf(DataIntegrityViolationException.class);
    assertThat(signals()).isEmpty();
  }

  @Test
  void signals_follow_a_conversation_to_another_contact_and_go_with_it() {
    account.message(conversation, "I want a refund");
    run();
    String other = account.contact();
    account.changeConversation(conversation, "contact_global_id = '" + other + "'");
    run();
    assertThat(
            jdbc.sql("select contact_global_id from signals where project_id = :project")
                .param("project", account.project)
                .query(String.class)
                .single())
        .isEqualTo(other);

    account.changeConversation(conversation, "deleted_at = now()");
    run();
    assertThat(signals()).isEmpty();
  }

  @Test
  void rules_that_change_are_applied_to_what_was_read_before() {
    account.message(conversation, "You bring us to the stars, not to the moon!");
    account.message(account.conversation(contact), "Nothing of importance");
    assertThat(run().toString()).contains("\"outdated\":0");
    jdbc.sql(
            """
            insert into signal_rules (project_id, name, type, severity, confidence, phrases)
            values (:project, 'rocket', 'praise', 2, 0.7, '{to the stars}')
            """)
        .param("project", account.project)
        .update();

    assertThat(run().toString()).contains("\"outdated\":2", "\"left\":false");
    assertThat(signals()).containsExactly("praise accepted 1");
    assertThat(run().toString()).contains("\"outdated\":0", "\"messages\":0");

    jdbc.sql("delete from signal_rules where project_id = :project")
        .param("project", account.project)
        .update();
    assertThat(run().toString()).contains("\"outdated\":2");
    assertThat(signals()).isEmpty();
  }
}
