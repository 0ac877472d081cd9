package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Conversations are stored whole, whatever is in them, and read at a pace that Chatwoot allows. */
class ChatwootConversationsIT extends IngestTest {
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
}
