package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.project.SourceSecrets;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Whole syncs of an account, from the first to what changes later. */
class ChatwootSyncIT extends IngestTest {
  @Autowired private Sources sources;
  @Autowired private SourceSecrets secrets;
  @Autowired private WatermarkTable watermarks;

  @Test
  void a_first_sync_stores_everything_and_announces_each_chunk() {
    for (int i = 0; i < 60; i++) {
      long id = conversation(3);
      chatwoot.account().conversations().setStatus(id, i % 2 == 0 ? "resolved" : "pending");
    }

    JobRun run = sync();

    assertComplete(run);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.result().path("conversations").asInt()).isEqualTo(60);
    assertThat(run.result().path("contacts").asInt()).isEqualTo(60);
    assertThat(run.result().path("chunks_inserted").asInt()).isEqualTo(180);
    assertThat(run.result().path("storage").path("database_bytes").asLong()).isPositive();
    assertThat(run.result().path("cursor_ts").asString()).isNotEmpty();
    Truths.assertStored(jdbc, chatwoot);
    List<MessageUpserted> events = sentEvents();
    assertThat(events).hasSize(180);
    assertThat(
            count(
                "rag_chunks c join cw_messages m on m.global_id = c.message_global_id where"
                    + " c.message_created_at is distinct from m.created_at"))
        .isZero();
    assertThat(texts("select id || text_hash from rag_chunks"))
        .containsExactlyInAnyOrderElementsOf(
            events.stream().map(event -> event.chunkId() + event.textHash()).toList());
  }

  @Test
  void a_sync_says_in_the_runs_log_how_it_went_in_numbers_alone() {
    long conversation = conversation(2);
    String sentence = "My order number 4711 has never arrived, and nobody answers.";
    chatwoot.account().messages().incoming(conversation, sentence);

    JobRun run = sync();

    List<String> lines =
        texts(
            "select line ->> 'message' from job_runs, jsonb_array_elements(log) line where id = '%s'"
                .formatted(run.id()));
    assertThat(lines)
        .anyMatch(line -> line.endsWith("sync begins"))
        .anyMatch(
            line ->
                line.contains("1 conversations read, 3 messages stored, 3 chunks new, 0 changed")
                    && line.endsWith("complete"));
    assertThat(String.join(" ", lines)).doesNotContain("order number", "never arrived");
  }

  @Test
  void a_second_sync_of_an_unchanged_account_changes_no_row_and_sends_no_event() {
    for (int i = 0; i < 30; i++) {
      conversation(2);
    }
    sync();
    List<String> rows = allRows();
    sentEvents();
    chatwoot.requests().reset();

    JobRun second = sync();

    assertComplete(second);
    assertThat(allRows()).isEqualTo(rows);
    assertThat(sentEvents()).isEmpty();
    assertThat(chatwoot.requests().list()).hasSizeLessThanOrEqualTo(3);
    assertThat(second.result().path("messages").asInt()).isZero();
  }

  private List<String> allRows() {
    return texts(
        """
        select xmin || ' ' || global_id from cw_contacts union all
        select xmin || ' ' || global_id from cw_conversations union all
        select xmin || ' ' || global_id from cw_messages union all
        select xmin || ' ' || id from rag_chunks order by 1
        """);
  }

  @Test
  void an_edit_sends_only_the_changed_chunk_back_to_pending() {
    long conversation = conversation(3);
    sync();
    embedAll();
    sentEvents();
    long edited = chatwoot.account().messages().of(conversation).get(1).id();
    chatwoot.account().messages().edit(edited, "The parcel has arrived, but the box was empty.");

    JobRun run = sync();

    assertComplete(run);
    assertThat(run.result().path("chunks_reset").asInt()).isEqualTo(1);
    assertThat(texts("select text from rag_chunks where embedding_status = 'pending'"))
        .containsExactly("The parcel has arrived, but the box was empty.");
    assertThat(
            count(
                "rag_chunks where embedding_status = 'pending' and embedding is null and"
                    + " embedding_fence = 1"))
        .isEqualTo(1);
    assertThat(count("rag_chunks where embedding_status = 'ready'")).isEqualTo(2);
    assertThat(sentEvents()).hasSize(1);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_chunk_has_the_language_of_its_text_and_keeps_its_vector_when_that_alone_differs() {
    long conversation = conversation(0);
    long russian =
        chatwoot
            .account()
            .messages()
            .incoming(conversation, "Где моя посылка? Жду её уже вторую неделю.");
    chatwoot.account().messages().incoming(conversation, "R-18385 R-18386 R-18387 R-18388 R-18389");
    sync();

    assertThat(
            texts("select coalesce(language, 'none') from rag_chunks order by message_global_id"))
        .containsExactly("ru", "none");
    assertThat(count("rag_words where tokens @@ to_tsquery('russian', 'посылки')")).isOne();

    embedAll();
    jdbc.sql("update rag_chunks set language = null").update();
    assertThat(count("rag_words where tokens @@ to_tsquery('russian', 'посылки')")).isZero();
    assertThat(count("rag_chunks where embedding_status = 'ready'")).isEqualTo(2);

    chatwoot
        .account()
        .messages()
        .edit(russian, "Thank you, the parcel has arrived this morning, all is well.");
    sync();

    assertThat(texts("select language from rag_chunks where embedding_status = 'pending'"))
        .containsExactly("en");
    assertThat(count("rag_words where tokens @@ to_tsquery('english', 'parcels')")).isOne();
  }

  private void embedAll() {
    jdbc.sql(
            "update rag_chunks set embedding = '[1,0]', embedding_status = 'ready', embedding_model"
                + " = 'test'")
        .update();
  }

  @Test
  void a_shorter_text_loses_its_surplus_chunks() {
    long conversation = conversation(0);
    String sentence = "This is one of many sentences about a parcel that never came. ";
    long message =
        chatwoot.account().messages().incoming(conversation, sentence.repeat(60).strip());
    sync();
    assertThat(count("rag_chunks")).isGreaterThan(3);
    chatwoot.account().messages().edit(message, sentence.repeat(2).strip());

    JobRun run = sync();

    assertComplete(run);
    assertThat(texts("select text from rag_chunks")).containsExactly(sentence.repeat(2).strip());
    assertThat(run.result().path("chunks_removed").asInt()).isGreaterThan(2);
  }

  @Test
  void a_deleted_message_keeps_its_row_without_content_and_loses_its_chunks() {
    long conversation = conversation(2);
    sync();
    sentEvents();
    long deleted = chatwoot.account().messages().of(conversation).get(0).id();
    chatwoot.account().messages().delete(deleted);

    JobRun run = sync();

    assertComplete(run);
    assertThat(count("rag_chunks")).isEqualTo(1);
    assertThat(
            count(
                "cw_messages where content is null and deleted_at is not null and data::text not"
                    + " like '%parcel%'"))
        .isEqualTo(1);
    assertThat(sentEvents()).isEmpty();
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_message_that_vanished_without_a_tombstone_is_erased_with_the_next_read() {
    long conversation = conversation(2);
    sync();
    long gone = chatwoot.account().messages().of(conversation).get(0).id();
    chatwoot.account().messages().purge(gone);
    chatwoot.account().messages().incoming(conversation, text(conversation, 3));

    assertComplete(sync());

    assertThat(count("cw_messages where deleted_at is not null and content is null")).isEqualTo(1);
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void nothing_private_and_nothing_that_nobody_said_becomes_a_chunk() {
    long conversation = conversation(1);
    chatwoot.account().messages().note(conversation, "A private note that nobody may ever find.");
    for (MessageType type : List.of(MessageType.ACTIVITY, MessageType.TEMPLATE)) {
      chatwoot
          .account()
          .messages()
          .add(NewMessage.of(conversation, type, "Conversation was marked resolved by Noor."));
    }

    assertComplete(sync());

    assertThat(count("cw_messages")).isEqualTo(4);
    assertThat(texts("select text from rag_chunks")).containsExactly(text(conversation, 1));
    assertThat(count("cw_conversations where data::text like '%private note%'")).isZero();
    assertThat(count("cw_messages m where m::text like '%private note%'")).isZero();
  }

  @Test
  void a_message_that_turns_private_loses_its_chunks_and_its_content() {
    long conversation = conversation(2);
    sync();
    long hidden = chatwoot.account().messages().of(conversation).get(0).id();
    chatwoot.account().messages().setPrivate(hidden, true);

    assertComplete(sync());

    assertThat(texts("select text from rag_chunks")).containsExactly(text(conversation, 2));
    assertThat(count("cw_messages where private and content is null")).isEqualTo(1);
    assertThat(count("cw_messages m where m::text like '%" + text(conversation, 1) + "%'"))
        .isZero();
  }

  @Test
  void a_conversation_of_more_than_a_thousand_messages_is_stored_whole_whatever_their_times() {
    long conversation = conversation(0);
    Instant base = Instant.parse("2026-01-01T00:00:00Z");
    chatwoot
        .account()
        .atomically(
            () -> {
              for (int i = 0; i < 2600; i++) {
                // The first part rises with the ids, the second was imported backwards.
                Instant created = i < 1300 ? base.plusSeconds(i) : base.minusSeconds(i);
                chatwoot
                    .account()
                    .messages()
                    .add(
                        NewMessage.incoming(conversation, text(conversation, i))
                            .createdAt(created));
              }
            });

    assertComplete(sync());

    assertThat(count("cw_messages")).isEqualTo(2600);
    assertThat(count("rag_chunks")).isEqualTo(2600);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void conversations_created_in_the_same_second_are_all_listed() {
    long contact = chatwoot.account().contacts().add("Importer", "importer@example.com");
    Instant same = Instant.parse("2026-05-05T05:05:05Z");
    for (int i = 0; i < 90; i++) {
      // Imported at different times, so that the changes of the last minutes do not show them all.
      chatwoot
          .account()
          .at(
              same.plusSeconds(3600L * i),
              () -> {
                long id =
                    chatwoot
                        .account()
                        .conversations()
                        .add(NewConversation.with(contact).createdAt(same));
                chatwoot.account().messages().incoming(id, text(id, 1));
              });
    }

    assertComplete(sync());

    assertThat(count("cw_conversations")).isEqualTo(90);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void edits_among_conversations_of_one_second_are_found_although_no_page_shows_some_of_them() {
    chatwoot.settings().supportUpdatedWithin(false);
    long contact = chatwoot.account().contacts().add("Importer", "importer@example.com");
    Instant same = Instant.parse("2026-05-05T05:05:05Z");
    for (int i = 0; i < 90; i++) {
      long id =
          chatwoot.account().conversations().add(NewConversation.with(contact).createdAt(same));
      chatwoot.account().messages().incoming(id, text(id, 1));
    }
    assertComplete(sync());

    for (long id = 1; id <= 90; id++) {
      long message = chatwoot.account().messages().of(id).getFirst().id();
      chatwoot.account().messages().edit(message, text(id, 2));
    }
    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void a_conversation_deleted_while_the_list_is_walked_hides_no_other() {
    for (int i = 0; i < 80; i++) {
      conversation(1);
    }
    int[] pages = {0};
    chatwoot.afterRequest(
        request -> {
          if ("created_at_asc".equals(request.param("sort_by")) && pages[0]++ == 0) {
            for (long id = 1; id <= 3; id++) {
              chatwoot.account().conversations().delete(id);
            }
          }
        });

    sync();

    assertThat(count("cw_conversations where deleted_at is null")).isEqualTo(77);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void an_old_server_without_updated_within_shows_edits_too() {
    chatwoot.settings().supportUpdatedWithin(false);
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    assertComplete(sync());
    long oldest = chatwoot.account().messages().of(1).get(0).id();
    chatwoot.account().messages().edit(oldest, "Never mind, my parcel was at the neighbour's.");
    conversation(1);

    assertComplete(sync());

    Truths.assertStored(jdbc, chatwoot);
    assertThat(count("rag_chunks where text like 'Never mind%'")).isEqualTo(1);
  }

  @Test
  void an_orphan_that_breaks_a_page_hides_no_other_conversation() {
    long[] contact = {0};
    for (int i = 0; i < 60; i++) {
      long id = conversation(1);
      contact[0] =
          id == 30
              ? chatwoot.account().conversations().find(id).orElseThrow().contactId()
              : contact[0];
    }
    chatwoot.account().contacts().deleteLeavingOrphans(contact[0]);

    JobRun broken = sync();

    assertThat(broken.result().path("complete").asBoolean(true)).isFalse();
    assertThat(count("cw_conversations")).isEqualTo(59);
    assertThat(count("rag_chunks")).isEqualTo(59);

    chatwoot.account().contacts().removeOrphans();
    assertComplete(sync());
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void the_sync_of_a_source_that_is_removed_meanwhile_ends_and_leaves_no_mark() {
    conversation(2);
    var source = sources.ofProject(project()).getFirst();
    AtomicBoolean asked = new AtomicBoolean();
    chatwoot.afterRequest(
        request -> {
          if (asked.compareAndSet(false, true)) {
            jdbc.sql("update project_sources set removed_at = now()").update();
          }
        });
    // Longer than it goes on without a look.
    chatwoot.faults().add(Fault.slow(Duration.ofMillis(1100)).on("accounts/1/conversations"));
    try {
      JobRun run = sync();

      assertThat(run.status()).isEqualTo(RunStatus.OK);
      assertThat(run.result().path("complete").asBoolean(true)).isFalse();
      assertThat(run.result().path("complete_reason").asString()).contains("removed");
      assertThat(chatwoot.requests().count("GET /conversations/:id/messages")).isZero();
      watermarks.remember(source, "part", 1);
      assertThat(count("sync_watermarks") + count("cw_conversations")).isZero();
    } finally {
      jdbc.sql("update project_sources set removed_at = null").update();
    }
    assertComplete(sync());
  }

  @Test
  void a_source_is_read_with_the_token_of_its_own_where_it_has_one() {
    conversation(2);
    UUID source = sources.ofProject(project()).getFirst().id();
    chatwoot.tokens().addAdministrator("a-token-of-its-own");
    chatwoot.tokens().revoke(ChatwootSimulator.ADMIN_TOKEN);
    try {
      assertThat(sync().error()).contains("CHATWOOT_API_TOKEN");

      secrets.setApiToken(source, "a-token-of-its-own");
      assertComplete(sync());
      assertThat(count("rag_chunks")).isEqualTo(2);

      chatwoot.tokens().revoke("a-token-of-its-own");
      assertThat(sync().error()).contains("the source's api_token");

      // Encrypted with a key that nobody has any more.
      jdbc.sql("update project_sources set credentials = '\\x0102'::bytea where id = :id")
          .param("id", source)
          .update();
      JobRun unreadable = sync();
      assertThat(unreadable.errorClass()).isEqualTo("chatwoot_unauthorized");
      assertThat(unreadable.error()).contains("THREADMILL_SECRET_KEY");
    } finally {
      jdbc.sql("update project_sources set credentials = null").update();
    }
  }
}
