package dev.threadmill.ingest.hint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.project.Sources;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What webhooks hint at is read by itself, beside the full sync. */
class HintsIT extends IngestTest {
  @Autowired private Sources sources;
  @Autowired private EventSender events;
  @Autowired private HintTable hints;
  @Autowired private HintReader reader;

  private UUID source() {
    return sources.ofProject(project()).getFirst().id();
  }

  /** As the gateway files it. */
  private void file(long conversation) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, received_at)
            values (:source, :conversation, clock_timestamp())
            on conflict (source_id, conversation_id) do update set received_at = excluded.received_at
            """)
        .param("source", source())
        .param("conversation", conversation)
        .update();
  }

  private void announce(long conversation) {
    var unused =
        events.send(
            new ConversationHinted(
                UUID.randomUUID(), Instant.now(), project(), source(), conversation));
  }

  private void awaitNoHints() {
    await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_hints") == 0);
  }

  @Test
  void a_hinted_conversation_is_stored_without_a_sync_and_its_chunks_are_announced() {
    long hinted = conversation(3);
    conversation(2);
    file(hinted);
    announce(hinted);

    awaitNoHints();

    assertThat(texts("select text from rag_chunks"))
        .hasSize(3)
        .allMatch(t -> t.contains("of conversation " + hinted));
    assertThat(count("cw_conversations where messages_read_at = source_updated_at")).isEqualTo(1);
    assertThat(sentEvents()).hasSize(3);
    assertThat(count("job_runs")).isZero();
  }

  @Test
  void a_hint_that_no_event_brought_is_found_by_the_sweep() {
    long hinted = conversation(1);
    file(hinted);

    awaitNoHints();

    assertThat(count("rag_chunks")).isEqualTo(1);
  }

  @Test
  void word_that_comes_while_the_conversation_is_read_makes_it_be_read_again() {
    long hinted = conversation(1);
    AtomicInteger reads = new AtomicInteger();
    chatwoot.afterRequest(
        request -> {
          if (request.route().endsWith("/messages") && reads.incrementAndGet() == 1) {
            chatwoot.account().messages().incoming(hinted, text(hinted, 2));
            file(hinted);
          }
        });
    file(hinted);

    awaitNoHints();

    assertThat(reads.get()).isEqualTo(2);
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void hints_and_a_full_sync_at_the_same_time_undo_nothing_of_each_other() {
    for (int i = 0; i < 40; i++) {
      conversation(3);
    }
    AtomicInteger turn = new AtomicInteger();
    chatwoot.beforeRequest(
        request -> {
          int number = turn.incrementAndGet();
          if (number % 2 == 0 && number < 160) {
            long id = 1 + number % 40;
            chatwoot
                .account()
                .messages()
                .edit(
                    chatwoot.account().messages().of(id).getFirst().id(),
                    "Edit number %d of a question about a parcel.".formatted(number));
            file(id);
            announce(id);
          }
        });

    sync();
    awaitNoHints();
    chatwoot.beforeRequest(request -> {});
    assertComplete(sync());

    assertThat(texts("select m.message_id || ' ' || m.content from cw_messages m"))
        .containsExactlyInAnyOrderElementsOf(
            chatwoot.truth().messages().stream().map(m -> m.id() + " " + m.content()).toList());
    assertThat(texts("select split_part(message_global_id, ':', 4) || ' ' || text from rag_chunks"))
        .containsExactlyInAnyOrderElementsOf(
            chatwoot.truth().messages().stream().map(m -> m.id() + " " + m.content()).toList());
  }

  @Test
  void a_hint_of_a_deleted_conversation_erases_it() {
    long gone = conversation(2);
    sync();
    chatwoot.account().conversations().delete(gone);
    file(gone);

    awaitNoHints();

    assertThat(count("rag_chunks")).isZero();
    assertThat(count("cw_conversations where deleted_at is not null")).isEqualTo(1);
  }

  @Test
  void a_hint_that_can_not_be_read_waits_and_hinders_no_other() {
    long bad = conversation(1);
    long good = conversation(1);
    chatwoot.faults().add(Fault.status(500).on("conversations/" + bad + "\\b").always());
    file(bad);
    file(good);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(texts("select conversation_id || ' ' || (attempts > 0) from sync_hints"))
                    .isEqualTo(List.of(bad + " true")));
    assertThat(count("rag_chunks")).isEqualTo(1);

    chatwoot.faults().clear();
    jdbc.sql("update sync_hints set due_at = now()").update();
    awaitNoHints();
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void word_that_comes_a_hundred_times_is_read_once() {
    long hinted = conversation(2);
    file(hinted);
    for (int i = 0; i < 100; i++) {
      announce(hinted);
    }

    awaitNoHints();
    long other = conversation(1);
    file(other);
    announce(other);
    awaitNoHints();

    assertThat(chatwoot.requests().count("GET /conversations/:id/messages")).isEqualTo(2);
    assertThat(count("rag_chunks")).isEqualTo(3);
  }

  @Test
  void a_reader_that_is_free_takes_the_hints_that_no_event_brought() {
    for (int i = 0; i < 40; i++) {
      file(conversation(1));
    }
    announce(1);

    awaitNoHints();

    assertThat(count("rag_chunks")).isEqualTo(40);
  }

  @Test
  void a_hint_waits_as_long_as_the_server_asks_for() {
    long away = conversation(1);
    chatwoot.faults().add(Fault.unavailable(Duration.ofMinutes(10)).always());
    file(away);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> count("sync_hints where due_at > now() + interval '9 minutes'") == 1);

    assertThat(count("sync_hints where attempts = 1")).isEqualTo(1);
  }

  /** Not due before the test asks for it. */
  private Hint dueInAnHour(long conversation) {
    jdbc.sql(
            """
            insert into sync_hints (source_id, conversation_id, due_at)
            values (:source, :conversation, now() + interval '1 hour')
            """)
        .param("source", source())
        .param("conversation", conversation)
        .update();
    return new Hint(source(), conversation, Instant.now());
  }

  @Test
  void word_that_comes_after_a_failure_waits_for_no_back_off_and_ends_nobodys_lease() {
    Hint failing = dueInAnHour(conversation(1));
    Hint held = dueInAnHour(conversation(1));
    hints.failed(failing, Duration.ofHours(1), null);
    assertThat(hints.claim(failing.key(), HintLease.LENGTH)).isEmpty();

    file(failing.conversationId());
    file(held.conversationId());

    await().atMost(Duration.ofSeconds(30)).until(() -> count("sync_hints") == 1);
    assertThat(count("rag_chunks")).isEqualTo(1);
    assertThat(hints.due(10, List.of())).isEmpty();
    assertThat(hints.claim(held.key(), HintLease.LENGTH)).isEmpty();
    assertThat(count("sync_hints where due_at > now() + interval '50 minutes'")).isEqualTo(1);
  }

  @Test
  void a_service_that_stops_gives_back_the_hints_that_it_reads() {
    long hinted = conversation(1);
    var slow = chatwoot.faults().add(Fault.slow(Duration.ofMillis(500)).times(1));
    file(hinted);
    await().atMost(Duration.ofSeconds(30)).until(() -> slow.hits() == 1);

    reader.stop();
    try {
      assertThat(count("sync_hints where due_at <= now() and attempts = 0")).isEqualTo(1);
      assertThat(count("rag_chunks")).isZero();
    } finally {
      reader.start();
    }
    awaitNoHints();
    assertThat(count("rag_chunks")).isEqualTo(1);
  }

  @Test
  void a_long_reading_keeps_its_hint() {
    dueInAnHour(1);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    var lease = new HintLease(hints, new Hint(source(), 1, now.get()), now::get);

    now.updateAndGet(time -> time.plusSeconds(59));
    lease.keep();
    assertThat(count("sync_hints where due_at > now() + interval '50 minutes'")).isEqualTo(1);

    now.updateAndGet(time -> time.plusSeconds(1));
    lease.keep();
    assertThat(
            count(
                "sync_hints where due_at between now() + interval '3 minutes' and now() + interval '5 minutes'"))
        .isEqualTo(1);
  }
}
