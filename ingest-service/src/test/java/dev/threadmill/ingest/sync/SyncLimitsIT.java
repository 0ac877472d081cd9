package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Limits bound one run; what they leave is done by the next ones. */
@TestPropertySource(
    properties = {
      "CHATWOOT_CONVERSATIONS_LIMIT=10",
      "CHATWOOT_PAGES_LIMIT=2",
      "CHATWOOT_MESSAGES_LIMIT=7",
      "CHATWOOT_CONCURRENCY=2"
    })
class SyncLimitsIT extends IngestTest {
  @Test
  void what_the_limits_leave_is_done_by_the_next_runs_and_every_run_says_what_is_left() {
    for (int i = 0; i < 70; i++) {
      conversation(i == 3 ? 20 : 2);
    }

    JobRun first = sync();

    assertThat(first.status()).isEqualTo(RunStatus.OK);
    assertThat(first.result().path("conversations").asInt()).isEqualTo(10);
    assertThat(first.result().path("complete").asBoolean(true)).isFalse();
    assertThat(first.result().path("complete_reason").asString())
        .contains("CHATWOOT_PAGES_LIMIT")
        .contains("CHATWOOT_CONVERSATIONS_LIMIT");
    assertThat(first.result().path("cursor_ts").isNull()).isTrue();
    List<String> cursors = new ArrayList<>();
    for (int run = 0; run < 12; run++) {
      JobRun next = sync();
      assertThat(next.result().path("conversations").asInt()).isLessThanOrEqualTo(10);
      cursors.add(next.result().path("cursor_ts").asString(""));
      if (next.result().path("complete").asBoolean(false)) {
        break;
      }
    }
    assertComplete(sync());
    assertThat(cursors).isSorted();
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void those_that_wait_longest_are_read_also_where_news_fill_each_run() {
    for (int i = 0; i < 30; i++) {
      conversation(1);
    }
    sync();
    for (int run = 0;
        run < 14 && count("cw_messages where conversation_global_id like '%:1'") == 0;
        run++) {
      for (int i = 0; i < 12; i++) {
        conversation(1);
      }
      sync();
    }

    assertThat(count("cw_messages where conversation_global_id like '%:1'")).isEqualTo(1);
    assertThat(count("cw_conversations where messages_read_at is null")).isPositive();
  }

  @Test
  void a_long_conversation_is_stored_over_several_runs_from_the_beginning() {
    long conversation = conversation(18);

    sync();
    assertThat(count("cw_messages")).isEqualTo(7);
    sync();
    assertThat(count("cw_messages")).isEqualTo(14);
    long edited = chatwoot.account().messages().of(conversation).get(0).id();
    chatwoot.account().messages().edit(edited, "Another question about the same parcel, please.");
    sync();
    assertThat(count("cw_messages")).isEqualTo(18);
    assertThat(sync().result().path("complete").asBoolean(true)).isFalse();

    sync();
    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void no_more_requests_than_allowed_are_under_way_at_once_webhooks_included() {
    for (int i = 0; i < 10; i++) {
      conversation(2);
    }
    sync();
    chatwoot.account().conversations().all().stream()
        .map(Conversation::id)
        .forEach(
            id -> {
              chatwoot.account().conversations().setLabels(id, List.of("refund"));
              hint(id);
            });
    chatwoot.faults().add(Fault.slow(Duration.ofMillis(50)).times(1000));
    chatwoot.requests().reset();

    sync();
    await().untilAsserted(() -> assertThat(count("sync_hints")).isZero());

    assertThat(chatwoot.requests().maxConcurrency()).isEqualTo(2);
  }

  /** As a webhook does; the sweep lets a reader take it, beside the runs. */
  private void hint(long conversation) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, received_at)
            select id, :conversation, clock_timestamp() from project_sources where project_id = :project
            """)
        .param("conversation", conversation)
        .param("project", project())
        .update();
  }
}
