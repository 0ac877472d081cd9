package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.project.Erasures;
import dev.threadmill.core.project.Erasures.Kind;
import dev.threadmill.core.project.Sources;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What no list shows is found by comparing; here each run compares all. */
@TestPropertySource(properties = "CHATWOOT_RECONCILE_HOURS=0")
class ReconciliationIT extends IngestTest {
  @Autowired private Sources sources;
  @Autowired private Erasures erasures;
  @Autowired private TransactionTemplate transaction;

  private JsonNode found(JobRun run) {
    return run.result().path("reconciliation");
  }

  @Test
  void nothing_is_found_where_nothing_is_wrong_and_nothing_is_written() {
    for (int i = 0; i < 30; i++) {
      conversation(2);
    }
    sync();
    var rows =
        texts(
            """
            select xmin || ' ' || global_id from cw_conversations union all
            select xmin || ' ' || global_id from cw_contacts union all
            select xmin || ' ' || global_id from cw_messages order by 1
            """);

    JobRun run = sync();

    assertComplete(run);
    assertThat(found(run).path("missing").asInt(-1)).isZero();
    assertThat(found(run).path("extra").asInt(-1)).isZero();
    assertThat(found(run).path("changed").asInt(-1)).isZero();
    assertThat(
            texts(
                """
                select xmin || ' ' || global_id from cw_conversations union all
                select xmin || ' ' || global_id from cw_contacts union all
                select xmin || ' ' || global_id from cw_messages order by 1
                """))
        .isEqualTo(rows);
  }

  @Test
  void a_deleted_conversation_leaves_no_content_and_is_counted() {
    conversation(2);
    long gone = conversation(3);
    sync();
    chatwoot.account().conversations().delete(gone);

    JobRun run = sync();

    assertComplete(run);
    // The conversation and its three messages.
    assertThat(found(run).path("extra").asInt()).isEqualTo(4);
    assertThat(count("cw_conversations where deleted_at is not null and data = '{}'")).isEqualTo(1);
    assertThat(count("cw_messages where deleted_at is not null and content is null")).isEqualTo(3);
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void a_text_that_was_written_past_all_times_is_found() {
    long conversation = conversation(3);
    sync();
    long edited = chatwoot.account().messages().of(conversation).get(1).id();
    chatwoot
        .account()
        .messages()
        .editSilently(edited, "This text came in the place of another, and no time tells of it.");
    long purged = chatwoot.account().messages().of(conversation).get(2).id();
    chatwoot.account().messages().purge(purged);

    JobRun run = sync();

    assertThat(found(run).path("changed").asInt()).isEqualTo(1);
    assertThat(found(run).path("extra").asInt()).isEqualTo(1);
    assertThat(run.result().path("chunks_reset").asInt()).isEqualTo(1);
    assertThat(run.result().path("chunks_removed").asInt()).isEqualTo(1);
    assertThat(count("rag_chunks where text like 'This text came in the place%'")).isEqualTo(1);
  }

  @Test
  void rows_that_were_lost_here_are_stored_again() {
    for (int i = 0; i < 5; i++) {
      conversation(2);
    }
    sync();
    jdbc.sql("delete from rag_chunks where split_part(conversation_global_id, ':', 4) = '3'")
        .update();
    jdbc.sql("delete from cw_messages where split_part(conversation_global_id, ':', 4) = '3'")
        .update();
    jdbc.sql("delete from cw_conversations where conversation_id = 3").update();
    jdbc.sql(
            "delete from cw_messages m using cw_conversations c where c.conversation_id = 4 and m.conversation_global_id = c.global_id")
        .update();

    JobRun run = sync();

    assertComplete(run);
    // A conversation with two messages, and two messages of another.
    assertThat(found(run).path("missing").asInt()).isEqualTo(5);
    Truths.assertStored(jdbc, chatwoot);
  }

  @Test
  void an_edited_contact_is_found_although_no_time_moved() {
    long[] contacts = new long[2];
    // Behind the page of the newest, which each sync lists again.
    chatwoot
        .account()
        .at(
            Instant.now().minus(Duration.ofDays(1)),
            () -> {
              contacts[0] = chatwoot.account().contacts().add("Ada", "ada@example.com");
              contacts[1] = chatwoot.account().contacts().add("Visitor", null);
            });
    chatwoot
        .account()
        .at(
            Instant.now().minus(Duration.ofHours(1)),
            () -> {
              for (int i = 0; i < 15; i++) {
                chatwoot.account().contacts().add("Other " + i, "other." + i + "@example.com");
              }
            });
    long listed = contacts[0];
    long anonymous = contacts[1];
    long one = chatwoot.account().conversations().open(anonymous);
    chatwoot.account().messages().incoming(one, text(one, 1));
    sync();
    assertThat(count("cw_contacts")).isEqualTo(17);
    chatwoot.account().contacts().rename(listed, "Ada L.");
    chatwoot
        .account()
        .contacts()
        .update(anonymous, ContactDetails.named("Somebody").phoneNumber("+15550001122"));

    JobRun run = sync();

    assertThat(found(run).path("changed").asInt()).isEqualTo(2);
    assertThat(texts("select name from cw_contacts where name not like 'Other%' order by 1"))
        .containsExactly("Ada L.", "Somebody");
  }

  @Test
  void a_contact_that_the_token_may_not_read_hinders_no_other() {
    long[] contacts = new long[3];
    for (int i = 0; i < 3; i++) {
      contacts[i] = chatwoot.account().contacts().add("Visitor " + i, null);
      long opened = chatwoot.account().conversations().open(contacts[i]);
      chatwoot.account().messages().incoming(opened, text(opened, 1));
    }
    sync();
    chatwoot.account().contacts().rename(contacts[2], "Somebody");
    chatwoot.faults().add(Fault.status(401).on("contacts/" + contacts[0] + "\\b").always());

    JobRun run = sync();

    assertThat(found(run).path("changed").asInt()).isEqualTo(1);
    assertThat(texts("select name from cw_contacts order by 1"))
        .containsExactly("Somebody", "Visitor 0", "Visitor 1");
  }

  @Test
  void a_deleted_contact_goes_with_its_conversations() {
    long conversation = conversation(2);
    long contact = chatwoot.account().conversations().find(conversation).orElseThrow().contactId();
    conversation(1);
    sync();
    chatwoot.account().contacts().delete(contact);

    assertComplete(sync());

    assertThat(count("cw_contacts where deleted_at is not null and name is null and data = '{}'"))
        .isEqualTo(1);
    assertThat(count("cw_conversations where deleted_at is not null")).isEqualTo(1);
    assertThat(count("rag_chunks")).isEqualTo(1);
  }

  @Test
  void not_found_means_nothing_while_the_token_does_not_reach_the_account() {
    conversation(2);
    sync();
    chatwoot.faults().add(Fault.status(404).on("accounts/1/(conversations/|contacts/)").always());

    sync();

    assertThat(count("cw_conversations where deleted_at is not null")).isZero();
    assertThat(count("cw_contacts where deleted_at is not null")).isZero();
    assertThat(count("rag_chunks")).isEqualTo(2);

    chatwoot.faults().clear();
    chatwoot.tokens().addOutsider(ChatwootSimulator.ADMIN_TOKEN);
    sync();
    assertThat(count("rag_chunks")).isEqualTo(2);

    chatwoot.tokens().addAgent(ChatwootSimulator.ADMIN_TOKEN, 2, Set.of(3L));
    sync();
    assertThat(count("cw_conversations where deleted_at is not null")).isZero();
    assertThat(count("cw_inboxes where deleted_at is not null")).isZero();
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void an_inbox_that_is_gone_takes_its_conversations_along() {
    conversation(2);
    chatwoot.account().desk().add(new Desk.Inbox(9, "Old chat", "Channel::Api"));
    long contact = chatwoot.account().contacts().add("Visitor", "v@example.com");
    long there =
        chatwoot
            .account()
            .conversations()
            .add(dev.threadmill.localstack.chatwoot.account.NewConversation.with(contact).inbox(9));
    chatwoot.account().messages().incoming(there, text(there, 1));
    sync();
    assertThat(texts("select name from cw_inboxes where deleted_at is null")).contains("Old chat");
    chatwoot.account().desk().deleteInbox(9);
    jdbc.sql(
            "update sync_watermarks set meta = jsonb_set(meta, '{people,inboxes_read_at}', 'null')")
        .update();

    assertComplete(sync());

    assertThat(count("cw_inboxes where deleted_at is not null and name is null")).isEqualTo(1);
    assertThat(count("cw_conversations where deleted_at is not null")).isEqualTo(1);
    assertThat(count("rag_chunks")).isEqualTo(2);
  }

  @Test
  void an_erased_contact_stays_gone_with_its_conversations_and_is_not_missed() {
    long other = conversation(2);
    long first = conversation(3);
    long contact = chatwoot.account().conversations().find(first).orElseThrow().contactId();
    sync();
    erase(Kind.CONTACT, contact);
    assertThat(count("cw_contacts")).isEqualTo(1);
    assertThat(count("cw_messages")).isEqualTo(2);

    // Chatwoot shows all of it again, and more.
    chatwoot.account().messages().incoming(first, text(first, 4));
    long second = chatwoot.account().conversations().open(contact);
    chatwoot.account().messages().incoming(second, text(second, 1));
    JobRun run = sync();
    JobRun again = sync();

    for (JobRun each : List.of(run, again)) {
      assertComplete(each);
      assertThat(found(each).path("missing").asInt(-1)).isZero();
      assertThat(found(each).path("changed").asInt(-1)).isZero();
    }
    assertThat(texts("select conversation_id::text from cw_conversations"))
        .containsExactly(Long.toString(other));
    assertThat(count("cw_contacts")).isEqualTo(1);
    assertThat(count("cw_messages")).isEqualTo(2);
    assertThat(count("rag_chunks")).isEqualTo(2);
    // Walked anew, the list is known to hold two more than are stored.
    jdbc.sql("delete from sync_watermarks").update();
    assertComplete(sync());
    assertThat(count("cw_conversations")).isEqualTo(1);
  }

  @Test
  void an_erased_conversation_stays_gone_while_its_contact_stays() {
    long gone = conversation(2);
    conversation(1);
    sync();
    erase(Kind.CONVERSATION, gone);
    // One that is not there does not count as shown.
    erase(Kind.CONVERSATION, 9_999);

    chatwoot.account().messages().incoming(gone, text(gone, 3));
    JobRun run = sync();

    assertComplete(run);
    assertThat(found(run).path("missing").asInt(-1)).isZero();
    assertThat(count("cw_conversations")).isEqualTo(1);
    assertThat(count("cw_contacts")).isEqualTo(2);
    assertThat(count("rag_chunks")).isEqualTo(1);
    assertThat(count("erased_things where counted")).isEqualTo(1);

    chatwoot.account().conversations().delete(gone);
    assertComplete(sync());
    assertThat(count("erased_things where not counted")).isEqualTo(2);
  }

  @Test
  void a_listed_contact_that_was_erased_is_not_looked_for_for_ever() {
    long contact = chatwoot.account().contacts().add("Ada", "ada@example.com");
    chatwoot.account().contacts().add("Bob", "bob@example.com");
    sync();
    erase(Kind.CONTACT, contact);

    assertComplete(sync());
    chatwoot.requests().reset();
    JobRun run = sync();

    assertThat(found(run).path("missing").asInt(-1)).isZero();
    assertThat(texts("select name from cw_contacts")).containsExactly("Bob");
    // Two pages of the newest, and those of the comparison; no walk in every order there is.
    assertThat(chatwoot.requests().count("GET /contacts")).isLessThanOrEqualTo(5);
  }

  @Test
  void a_conversation_that_is_merged_into_an_erased_contact_goes_too() {
    long kept = conversation(2);
    long erased = conversation(1);
    long contact = chatwoot.account().conversations().find(erased).orElseThrow().contactId();
    long mergee = chatwoot.account().conversations().find(kept).orElseThrow().contactId();
    sync();
    erase(Kind.CONTACT, contact);

    chatwoot.account().contacts().merge(contact, mergee);
    assertComplete(sync());
    while (erasures.advance(100)) {}
    assertComplete(sync());

    assertThat(count("cw_conversations")).isZero();
    assertThat(count("cw_messages")).isZero();
    assertThat(count("rag_chunks")).isZero();
  }

  @Test
  void who_stores_while_something_is_erased_stores_nothing_of_it() {
    long conversation = conversation(2);
    AtomicBoolean asked = new AtomicBoolean();
    chatwoot.afterRequest(
        request -> {
          // The conversation is listed, and its messages are on their way.
          if (request.path().contains("messages") && asked.compareAndSet(false, true)) {
            erase(Kind.CONVERSATION, conversation);
          }
        });

    sync();

    assertThat(asked).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(count("cw_conversations") + count("cw_messages") + count("rag_chunks"))
                    .isZero());
  }

  private void erase(Kind kind, long number) {
    var source = sources.ofProject(project()).getFirst();
    transaction.executeWithoutResult(
        status -> assertThat(erasures.request(source, kind, number, "test")).isPresent());
    // What the scheduler does.
    while (erasures.advance(100)) {}
  }
}
