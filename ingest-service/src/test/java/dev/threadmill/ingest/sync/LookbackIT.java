package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.http.Fault;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A first sync that looks back a week only. */
@TestPropertySource(properties = {"CHATWOOT_LOOKBACK_DAYS=7", "CHATWOOT_RECONCILE_HOURS=0"})
class LookbackIT extends IngestTest {
  private long fresh(int messages) {
    long contact = chatwoot.account().contacts().add("Visitor", null);
    long conversation = chatwoot.account().conversations().open(contact);
    for (int i = 1; i <= messages; i++) {
      chatwoot.account().messages().incoming(conversation, text(conversation, i));
    }
    return conversation;
  }

  @Test
  void what_is_older_comes_whole_as_soon_as_it_changes_and_is_not_called_missing_before() {
    for (int i = 0; i < 40; i++) {
      conversation(3);
    }
    fresh(2);

    assertComplete(sync());
    assertThat(count("cw_conversations")).isEqualTo(1);

    JobRun compared = sync();
    assertComplete(compared);
    assertThat(compared.result().path("reconciliation").path("missing").asInt(-1)).isZero();
    assertThat(count("cw_conversations")).isEqualTo(1);

    chatwoot.account().messages().incoming(5, text(5, 4));
    assertComplete(sync());
    assertThat(texts("select conversation_id from cw_conversations order by 1"))
        .containsExactly("5", "41");
    assertThat(count("cw_messages")).isEqualTo(6);
  }

  @Test
  void a_page_that_always_fails_hides_no_new_conversation() {
    for (int i = 0; i < 40; i++) {
      conversation(1);
    }
    fresh(1);
    assertComplete(sync());
    chatwoot.settings().supportUpdatedWithin(false);
    for (int i = 0; i < 30; i++) {
      fresh(1);
    }
    chatwoot.faults().add(Fault.status(500).on("sort_by=created_at_asc.*page=2\\b").always());
    chatwoot.faults().add(Fault.status(500).on("last_activity_at_desc").always());

    sync();

    assertThat(count("cw_conversations")).isEqualTo(31);
    assertThat(count("cw_messages")).isEqualTo(31);
  }
}
