package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import dev.threadmill.localstack.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WhatMovesWhichTimeTest {
  private final SettableClock clock = new SettableClock();
  private final ChatwootAccount account = new ChatwootAccount(1, clock, 42);
  private long contact;
  private long conversation;
  private long message;
  private Conversation before;

  @BeforeEach
  void fill() {
    contact = account.contacts().add("Ada", "ada@example.com");
    conversation = account.conversations().open(contact);
    message = account.messages().incoming(conversation, "Hello");
    before = conversation();
    clock.advance(Duration.ofHours(1));
  }

  private Conversation conversation() {
    return account.conversations().find(conversation).orElseThrow();
  }

  private boolean updated() {
    return conversation().updatedAt().isAfter(before.updatedAt());
  }

  private boolean activityMoved() {
    return !conversation().lastActivityAt().equals(before.lastActivityAt());
  }

  @Test
  void a_new_message_moves_both() {
    account.messages().note(conversation, "Just between us");

    assertThat(updated()).isTrue();
    assertThat(conversation().lastActivityAt()).isEqualTo(clock.instant());
  }

  @Test
  void an_old_message_sets_the_last_activity_back() {
    Instant old = clock.instant().minus(Duration.ofDays(400));
    account.messages().add(NewMessage.incoming(conversation, "Long ago").createdAt(old));

    assertThat(conversation().lastActivityAt()).isEqualTo(old);
    assertThat(updated()).isTrue();
  }

  @Test
  void edits_deletions_and_delivery_states_move_only_updated_at() {
    account.messages().edit(message, "Hullo");
    assertThat(updated()).isTrue();
    before = conversation();
    account.messages().setStatus(message, "read");
    assertThat(updated()).isTrue();
    before = conversation();
    account.messages().setContentAttributes(message, Map.of("submitted_values", "5"));
    assertThat(updated()).isTrue();
    before = conversation();
    account.messages().delete(message);

    assertThat(updated()).isTrue();
    assertThat(activityMoved()).isFalse();
  }

  @Test
  void a_status_change_leaves_an_activity_message() {
    account.conversations().setStatus(conversation, "resolved");

    assertThat(updated()).isTrue();
    assertThat(activityMoved()).isTrue();
    assertThat(account.messages().of(conversation)).hasSize(2);
  }

  @Test
  void looking_at_it_or_renaming_the_contact_moves_nothing() {
    account.conversations().seenByAgent(conversation);
    account.contacts().rename(contact, "Ada L.");
    account.messages().editSilently(message, "Nobody noticed");

    assertThat(updated()).isFalse();
    assertThat(activityMoved()).isFalse();
  }

  @Test
  void a_merge_moves_the_conversations_of_the_mergee_and_destroys_it() {
    long base = account.contacts().add("Ada Lindgrove", null);
    account.contacts().merge(base, contact);

    assertThat(updated()).isTrue();
    assertThat(activityMoved()).isFalse();
    assertThat(conversation().contactId()).isEqualTo(base);
    assertThat(account.contacts().find(contact)).isEmpty();
    assertThat(account.contacts().find(base).orElseThrow().email()).isEqualTo("ada@example.com");
    assertThat(account.messages().find(message).orElseThrow().sender().id()).isEqualTo(base);
  }

  @Test
  void deleting_a_contact_takes_its_conversations_and_messages_along() {
    account.contacts().delete(contact);

    assertThat(account.truth().conversations()).isEmpty();
    assertThat(account.truth().messages()).isEmpty();
  }

  @Test
  void an_incoming_message_reopens_a_resolved_conversation() {
    account.conversations().setStatus(conversation, "resolved");
    account.messages().incoming(conversation, "It is broken again");

    assertThat(conversation().status()).isEqualTo("open");
  }

  @Test
  void writes_in_one_instant_still_have_different_times() {
    account.messages().edit(message, "One");
    Instant first = conversation().updatedAt();
    account.messages().edit(message, "Two");

    assertThat(conversation().updatedAt()).isAfter(first);
  }

  @Test
  void a_slow_commit_appears_with_a_time_in_the_past() {
    account.setCommitLag(Duration.ofSeconds(90));
    account.messages().edit(message, "Late");

    assertThat(conversation().updatedAt()).isEqualTo(clock.instant().minusSeconds(90));
  }
}
