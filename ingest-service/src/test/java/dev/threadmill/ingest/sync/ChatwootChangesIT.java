package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Changes that Chatwoot's lists hide from who reads them plainly, as far as {@link ChatwootSyncIT},
 * {@link SyncFaultsIT} and {@link ReconciliationIT} do not show them.
 */
class ChatwootChangesIT extends IngestTest {
  private void edit(long conversation, int message, String text) {
    long id = chatwoot.account().messages().of(conversation).get(message).id();
    chatwoot.account().messages().edit(id, text);
  }

  @Test
  void delivery_states_and_form_answers_arrive_although_the_last_activity_stands_still() {
    long conversation = conversation(2);
    sync();
    var messages = chatwoot.account().messages().of(conversation);
    chatwoot.account().messages().setStatus(messages.get(0).id(), "read");
    chatwoot
        .account()
        .messages()
        .setContentAttributes(
            messages.get(1).id(), Map.of("submitted_values", Map.of("rating", 5)));

    assertComplete(sync());

    assertThat(count("cw_messages where status = 'read'")).isEqualTo(1);
    assertThat(
            count(
                "cw_messages where data -> 'content_attributes' -> 'submitted_values' ->> 'rating' = '5'"))
        .isEqualTo(1);
  }

  @Test
  void an_edit_in_the_oldest_conversation_is_seen_behind_newer_ones() {
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    sync();
    edit(1, 0, "The oldest of all questions was asked in another way.");
    chatwoot.account().messages().incoming(60, text(60, 2));

    assertComplete(sync());

    assertThat(count("rag_chunks where text like 'The oldest of all questions%'")).isEqualTo(1);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_conversation_that_jumps_to_the_front_while_the_list_is_read_is_not_skipped() {
    chatwoot.settings().supportUpdatedWithin(false);
    for (int i = 0; i < 80; i++) {
      conversation(1);
    }
    sync();
    for (long id = 1; id <= 80; id++) {
      chatwoot.account().messages().incoming(id, text(id, 2));
    }
    AtomicInteger pages = new AtomicInteger();
    chatwoot.afterRequest(
        request -> {
          if ("last_activity_at_desc".equals(request.param("sort_by"))
              && pages.incrementAndGet() == 1) {
            chatwoot.account().messages().incoming(3, text(3, 3));
          }
        });

    sync();
    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void an_older_message_that_changed_is_seen_although_the_newest_is_the_same() {
    long conversation = conversation(3);
    sync();
    edit(conversation, 0, "The first of three questions was asked in another way.");

    JobRun run = sync();

    assertThat(run.result().path("messages").asInt()).isEqualTo(1);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_change_whose_time_is_older_than_the_last_sync_is_found_since_it_was_committed_late() {
    long old = conversation(1);
    long fresh = conversation(1);
    chatwoot.account().messages().incoming(fresh, text(fresh, 2));
    sync();
    chatwoot.account().setCommitLag(Duration.ofMinutes(3));
    edit(old, 0, "This edit was on its way while the last sync read the list.");

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void an_answer_of_updated_within_that_is_too_much_for_the_server_is_replaced_by_a_walk() {
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    sync();
    edit(2, 0, "An edit that only the walk over all pages can show now.");
    chatwoot.faults().add(Fault.status(500).on("updated_within").always());

    JobRun run = sync();

    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertComplete(run);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_change_between_the_list_and_the_messages_is_read_by_the_next_sync() {
    long conversation = conversation(2);
    AtomicInteger reads = new AtomicInteger();
    chatwoot.afterRequest(
        request -> {
          if (request.route().endsWith("/messages") && reads.incrementAndGet() == 1) {
            edit(conversation, 0, "This came after the answer with the messages was made.");
          }
        });
    sync();
    assertThat(count("rag_chunks where text like 'This came after%'")).isZero();

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_delivery_receipt_touches_no_chunk_and_sends_no_event() {
    long conversation = conversation(2);
    sync();
    sentEvents();
    List<String> chunks = texts("select xmin || ' ' || id from rag_chunks order by id");
    chatwoot
        .account()
        .messages()
        .setStatus(chatwoot.account().messages().of(conversation).getFirst().id(), "delivered");

    JobRun run = sync();

    assertThat(run.result().path("messages").asInt()).isEqualTo(1);
    assertThat(texts("select xmin || ' ' || id from rag_chunks order by id")).isEqualTo(chunks);
    assertThat(sentEvents()).isEmpty();
  }

  @Test
  void an_account_that_rests_does_not_list_its_last_change_again_and_again() {
    chatwoot
        .account()
        .at(
            Instant.parse("2026-01-01T00:00:00Z"),
            () -> {
              for (int i = 0; i < 60; i++) {
                long contact = chatwoot.account().contacts().add("Visitor", null);
                long opened = chatwoot.account().conversations().open(contact);
                chatwoot.account().messages().incoming(opened, text(opened, 1));
              }
            });
    sync();
    sync();

    assertThat(
            texts(
                """
                select (meta -> 'listing' ->> 'listed_until')::timestamptz > now() - interval '10 minutes' as fresh
                from sync_watermarks
                """))
        .containsExactly("t");
    assertComplete(sync());
  }

  @Test
  void a_row_with_a_time_in_the_future_does_not_hide_what_changes_until_then() {
    long ahead = conversation(1);
    long edited = conversation(1);
    chatwoot
        .account()
        .at(
            Instant.now().plus(Duration.ofDays(30)),
            () -> chatwoot.account().messages().incoming(ahead, text(ahead, 2)));
    sync();
    sync();
    edit(edited, 0, "This was edited although another conversation is ahead of its time.");

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }
}
