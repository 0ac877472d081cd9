package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.account.Sender;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The ways in which Chatwoot's interface loses data for who reads it plainly, as far as {@link
 * ChatwootSyncIT}, {@link SyncFaultsIT} and {@link ReconciliationIT} do not show them.
 */
class ChatwootTrapsIT extends IngestTest {
  private void edit(long conversation, int message, String text) {
    long id = chatwoot.account().messages().of(conversation).get(message).id();
    chatwoot.account().messages().edit(id, text);
  }

  @Test
  void conversations_of_every_status_are_stored_not_only_open_ones() {
    for (String status : List.of("open", "resolved", "pending", "snoozed")) {
      chatwoot.account().conversations().setStatus(conversation(1), status);
    }

    assertComplete(sync());

    assertThat(texts("select status from cw_conversations order by conversation_id"))
        .containsExactly("open", "resolved", "pending", "snoozed");
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
  void a_contact_and_an_agent_with_the_same_id_stay_apart() {
    long conversation = conversation(1);
    long contact = chatwoot.account().conversations().find(conversation).orElseThrow().contactId();
    chatwoot
        .account()
        .desk()
        .add(new Desk.Agent(contact, "An agent", "agent@example.com", "agent"));
    chatwoot
        .account()
        .messages()
        .add(
            NewMessage.outgoing(conversation, "An answer by an agent with the id of a contact.")
                .sender(Sender.user(contact)));

    assertComplete(sync());

    assertThat(texts("select sender_type || ' ' || sender_id from cw_messages order by message_id"))
        .containsExactly("contact " + contact, "user " + contact);
    assertThat(texts("select name from cw_contacts")).containsExactly("Visitor");
  }

  @Test
  void a_merge_moves_the_conversations_and_the_mergee_is_erased() {
    long kept = conversation(1);
    long moved = conversation(2);
    long base = chatwoot.account().conversations().find(kept).orElseThrow().contactId();
    long mergee = chatwoot.account().conversations().find(moved).orElseThrow().contactId();
    sync();
    chatwoot.account().contacts().merge(base, mergee);

    assertComplete(sync());

    assertThat(texts("select split_part(contact_global_id, ':', 4) from cw_conversations"))
        .containsOnly(Long.toString(base));
    assertThat(texts("select contact_id from cw_contacts where deleted_at is null"))
        .containsExactly(Long.toString(base));
    assertThat(count("cw_contacts where deleted_at is not null and name is null and data = '{}'"))
        .isEqualTo(1);
    assertThat(count("cw_messages where sender_id = " + base)).isEqualTo(3);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void contacts_without_a_conversation_come_from_the_list_whatever_their_order() {
    Instant same = Instant.parse("2026-02-02T02:02:02Z");
    chatwoot
        .account()
        .atomically(
            () -> {
              for (int i = 0; i < 70; i++) {
                int number = i;
                chatwoot
                    .account()
                    .at(
                        same,
                        () ->
                            chatwoot
                                .account()
                                .contacts()
                                .add("Listed", "listed" + number + "@example.com"));
              }
            });
    chatwoot.account().contacts().add("Nobody sees this one", null);

    assertComplete(sync());
    assertThat(count("cw_contacts")).isEqualTo(70);

    chatwoot.account().contacts().add("Another", "another@example.com");
    assertComplete(sync());
    assertThat(count("cw_contacts")).isEqualTo(71);
  }

  @Test
  void a_contact_that_is_deleted_behind_the_walk_hides_no_other() {
    for (int i = 0; i < 40; i++) {
      int number = i;
      chatwoot
          .account()
          .at(
              Instant.parse("2026-02-02T02:02:02Z").plusSeconds(number),
              () ->
                  chatwoot.account().contacts().add("Listed", "listed" + number + "@example.com"));
    }
    AtomicInteger firstPages = new AtomicInteger();
    chatwoot.afterRequest(
        request -> {
          if ("created_at".equals(request.param("sort"))
              && "1".equals(request.param("page"))
              && firstPages.incrementAndGet() == 1) {
            chatwoot.account().contacts().delete(chatwoot.account().contacts().all().get(3).id());
          }
        });

    sync();

    assertThat(texts("select contact_id::text from cw_contacts"))
        .containsAll(
            chatwoot.truth().contacts().stream().map(one -> Long.toString(one.id())).toList());
  }

  @Test
  void what_is_absent_or_null_or_zero_is_stored_as_nothing() {
    long contact = chatwoot.account().contacts().add(null, null);
    long conversation = chatwoot.account().conversations().open(contact);
    chatwoot.account().messages().add(NewMessage.incoming(conversation, null).withoutSender());
    chatwoot.account().messages().incoming(conversation, "");
    chatwoot
        .account()
        .messages()
        .add(NewMessage.of(conversation, MessageType.ACTIVITY, "Conversation was opened"));

    assertComplete(sync());

    assertThat(count("cw_contacts where name is null and email is null")).isEqualTo(1);
    assertThat(count("cw_messages where content is null")).isEqualTo(2);
    assertThat(count("cw_messages where sender_id is null")).isEqualTo(2);
    assertThat(
            count(
                "cw_conversations where assignee_id is null and team_id is null and snoozed_until is null and first_reply_created_at is null"))
        .isEqualTo(1);
    assertThat(count("rag_chunks")).isZero();
  }

  @Test
  void of_a_mail_the_new_part_is_searched_without_quotes_signature_and_html() {
    long conversation = conversation(0);
    chatwoot
        .account()
        .messages()
        .add(
            NewMessage.incoming(conversation, "<p>short</p>")
                .content(
                    "incoming_email",
                    Map.of(
                        "email",
                        Map.of(
                            "subject",
                            "Parcel 7",
                            "text_content",
                            Map.of(
                                "reply",
                                """
                                The parcel has not come yet, and I have been waiting for a week.

                                --\s
                                Ada Lovelace, Example Ltd

                                On Mon, 2 Nov 2026 at 10:00, Support <support@example.com> wrote:
                                > Your parcel is on its way.
                                """)))));

    assertComplete(sync());

    assertThat(texts("select text from rag_chunks"))
        .containsExactly("The parcel has not come yet, and I have been waiting for a week.");
  }

  @Test
  void a_throttled_request_is_repeated_after_the_time_that_the_server_asks_for() {
    for (int i = 0; i < 10; i++) {
      conversation(1);
    }
    var throttle =
        chatwoot.faults().add(Fault.throttled(Duration.ofSeconds(1)).on("messages").times(2));

    assertComplete(sync());

    assertThat(throttle.hits()).isEqualTo(2);
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
  void the_true_time_of_replayed_history_is_kept_beside_the_time_of_the_replay() {
    long conversation = conversation(0);
    chatwoot
        .account()
        .messages()
        .add(
            NewMessage.incoming(conversation, text(conversation, 1))
                .content("text", Map.of("external_created_at", 1_600_000_000)));

    assertComplete(sync());

    assertThat(
            texts("select data -> 'content_attributes' ->> 'external_created_at' from cw_messages"))
        .containsExactly("1600000000");
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
  void a_conversation_of_very_long_texts_is_read_in_parts_and_stored_whole() {
    long conversation = conversation(0);
    String sentence = "This sentence is repeated until the text is as long as Chatwoot takes it. ";
    String longest = sentence.repeat(150_000 / sentence.length());
    for (int i = 0; i < 18; i++) {
      chatwoot.account().messages().incoming(conversation, i + " " + longest);
    }

    assertComplete(sync());

    assertThat(count("cw_messages where length(content) > 149000")).isEqualTo(18);
    assertThat(count("rag_chunks where length(text) > 1000")).isZero();
    assertThat(chatwoot.requests().count("GET /conversations/:id/messages")).isGreaterThan(2);
  }

  @Test
  void texts_of_nothing_but_spaces_and_words_far_apart_are_stored_like_any() {
    long conversation = conversation(0);
    for (String gap : List.of(" ", "\n", "\t \n", "<br>", "&nbsp;", ">\n")) {
      String far = gap.repeat(140_000 / gap.length());
      chatwoot.account().messages().incoming(conversation, far);
      chatwoot
          .account()
          .messages()
          .incoming(conversation, "One word of a question" + far + "and after a while another.");
    }

    assertComplete(sync());

    assertThat(count("cw_messages")).isEqualTo(12);
    assertThat(count("rag_chunks where length(text) > 1000")).isZero();
    assertThat(texts("select text from rag_chunks where text like '%another.%'")).hasSize(6);
  }

  @Test
  void several_conversations_are_read_at_the_same_time_but_never_more_than_allowed() {
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    AtomicInteger reading = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch second = new CountDownLatch(2);
    chatwoot.beforeRequest(
        request -> {
          if (request.route().endsWith("/messages")) {
            most.accumulateAndGet(reading.incrementAndGet(), Math::max);
            second.countDown();
            awaitOther(second);
          }
        });
    chatwoot.afterRequest(
        request -> {
          if (request.route().endsWith("/messages")) {
            reading.decrementAndGet();
          }
        });

    assertComplete(sync());

    assertThat(most.get()).isBetween(2, 8);
  }

  /** The first request is not answered before there is a second one. */
  private static void awaitOther(CountDownLatch second) {
    try {
      assertThat(second.await(1, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
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
  void new_contacts_of_the_list_are_found_behind_a_page_of_senders_who_are_known() {
    sync();
    for (int i = 0; i < 20; i++) {
      chatwoot.account().contacts().add("Listed", "silent" + i + "@example.com");
    }
    for (int i = 0; i < 15; i++) {
      long contact = chatwoot.account().contacts().add("Sender", "sender" + i + "@example.com");
      long conversation = chatwoot.account().conversations().open(contact);
      chatwoot.account().messages().incoming(conversation, text(conversation, 1));
    }

    assertComplete(sync());

    assertThat(count("cw_contacts")).isEqualTo(35);
  }

  @Test
  void an_old_contact_that_has_an_address_now_is_found_beside_new_ones() {
    long[] silent = {0};
    chatwoot
        .account()
        .at(
            Instant.parse("2026-02-02T02:02:02Z"),
            () -> silent[0] = chatwoot.account().contacts().add("Silent", null));
    for (int i = 0; i < 20; i++) {
      chatwoot.account().contacts().add("Listed", "listed" + i + "@example.com");
    }
    assertComplete(sync());
    chatwoot
        .account()
        .contacts()
        .update(silent[0], ContactDetails.named("Silent").email("silent@example.com"));
    chatwoot.account().contacts().add("New", "new@example.com");

    sync();
    assertComplete(sync());

    assertThat(count("cw_contacts")).isEqualTo(22);
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
