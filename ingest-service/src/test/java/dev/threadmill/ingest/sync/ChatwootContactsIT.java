package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.ingest.IngestTest;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.chatwoot.account.Sender;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Contacts that Chatwoot's list hides, merges or takes for somebody else. */
class ChatwootContactsIT extends IngestTest {
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
}
