package dev.threadmill.ingest.sync;

import dev.threadmill.localstack.chatwoot.account.ChatwootAccount;
import dev.threadmill.localstack.chatwoot.account.Contact;
import dev.threadmill.localstack.chatwoot.account.ContactDetails;
import dev.threadmill.localstack.chatwoot.account.Conversation;
import dev.threadmill.localstack.chatwoot.account.Desk;
import dev.threadmill.localstack.chatwoot.account.Message;
import dev.threadmill.localstack.chatwoot.account.MessageType;
import dev.threadmill.localstack.chatwoot.account.NewConversation;
import dev.threadmill.localstack.chatwoot.account.NewMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Does to an account whatever can be done to one, as its random numbers say. */
final class RandomAccount {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> STATUSES = List.of("open", "resolved", "pending", "snoozed");
  private static final List<String> ODD =
      List.of(
          "",
          "ok",
          "A text with a NUL \u0000 in the middle of what somebody wrote to us.",
          "Half of a pair \ud83d and then a good deal of ordinary words behind it.",
          "مرحبا، أين طردي؟ لقد انتظرت أسبوعين كاملين ولم يصل أي شيء بعد.",
          "A family 👨‍👩‍👧‍👦 waits for its parcel, and so do its neighbours 👩🏽‍🚀 and friends.");

  private final ChatwootAccount account;
  private final Random random;
  private final boolean onlyWhatListsShow;

  /**
   * @param onlyWhatListsShow nothing that moves no time, save the deletion of conversations and
   *     contacts
   */
  RandomAccount(ChatwootAccount account, long seed, boolean onlyWhatListsShow) {
    this.account = account;
    this.random = new Random(seed);
    this.onlyWhatListsShow = onlyWhatListsShow;
  }

  synchronized void change(int times) {
    for (int i = 0; i < times; i++) {
      changeOnce();
    }
  }

  /** A story to begin with. */
  synchronized void fill(int conversations) {
    Instant burst = someTime();
    for (int i = 0; i < conversations; i++) {
      account.at(random.nextInt(4) == 0 ? burst : someTime(), this::converse);
    }
  }

  private Instant someTime() {
    return LONG_AGO.plus(Duration.ofMinutes(random.nextInt(400_000)));
  }

  private void changeOnce() {
    switch (random.nextInt(onlyWhatListsShow ? 19 : 24)) {
      case 0, 1, 2 -> converse();
      case 3, 4, 5, 6 -> write(someConversation());
      case 7, 8, 9 -> changeMessage(random.nextInt(onlyWhatListsShow ? 6 : 8));
      case 10, 11 -> changeMessage(2);
      case 12, 13, 14 -> changeConversation(random.nextInt(7));
      case 15 -> merge();
      case 16 -> account.conversations().skipIds(1 + random.nextInt(4));
      case 17 -> withConversation(account.conversations()::seenByAgent);
      case 18 -> withConversation(this::delete);
      case 19, 20 -> changeContact();
      case 21 -> deleteContact();
      case 22 -> account.contacts().removeOrphans();
      default -> deleteInbox();
    }
  }

  /** Some go with their contact and all that it ever wrote. */
  private void delete(long conversation) {
    long contact = account.conversations().find(conversation).orElseThrow().contactId();
    if (onlyWhatListsShow && contact % 4 == 0) {
      account.contacts().delete(contact);
    } else {
      account.conversations().delete(conversation);
    }
  }

  private void converse() {
    List<Desk.Inbox> inboxes = account.desk().inboxes();
    NewConversation wanted =
        NewConversation.with(someContact())
            .inbox(inboxes.get(random.nextInt(inboxes.size())).id())
            .status(STATUSES.get(random.nextInt(4)))
            .labels(random.nextBoolean() ? List.of("refund") : List.of());
    long id =
        account.conversations().add(random.nextInt(5) == 0 ? wanted.createdAt(someTime()) : wanted);
    for (int left = random.nextInt(5); left > 0; left--) {
      write(id);
    }
    if (random.nextInt(25) == 0) {
      account.atomically(
          () -> {
            for (int i = 0; i < 70; i++) {
              write(id);
            }
          });
    }
  }

  private long someContact() {
    List<Contact> all = account.contacts().all();
    if (!all.isEmpty() && random.nextInt(3) > 0) {
      return all.get(random.nextInt(all.size())).id();
    }
    int number = random.nextInt(1_000_000);
    return account
        .contacts()
        .add(
            ContactDetails.named(random.nextInt(4) == 0 ? null : "Visitor " + number)
                .email(random.nextBoolean() ? "visitor" + number + "@example.com" : null)
                .phoneNumber(random.nextInt(4) == 0 ? "+1555" + number : null));
  }

  private long someConversation() {
    List<Conversation> all = account.conversations().all();
    if (all.isEmpty()) {
      converse();
      return account.conversations().all().getFirst().id();
    }
    return all.get(random.nextInt(all.size())).id();
  }

  private void withConversation(java.util.function.LongConsumer what) {
    what.accept(someConversation());
  }

  private void write(long conversation) {
    MessageType type = MessageType.values()[random.nextInt(MessageType.values().length)];
    NewMessage message =
        switch (random.nextInt(8)) {
          case 0 -> NewMessage.note(conversation, text());
          case 1, 2 -> NewMessage.of(conversation, type, text());
          default ->
              random.nextBoolean()
                  ? NewMessage.incoming(conversation, text())
                  : NewMessage.outgoing(conversation, text());
        };
    NewMessage whole = random.nextInt(6) == 0 ? message.attachments(picture()) : message;
    account.messages().add(random.nextInt(5) == 0 ? whole.createdAt(someTime()) : whole);
  }

  private List<Map<String, Object>> picture() {
    String address = "https://files.example.com/%d.png".formatted(random.nextInt(1_000_000));
    return List.of(Map.of("file_type", "image", "data_url", address, "file_size", 2048));
  }

  private String text() {
    if (random.nextInt(8) == 0) {
      return ODD.get(random.nextInt(ODD.size()));
    }
    String sentence =
        "Parcel %d of order %d has not arrived yet, please look."
            .formatted(random.nextInt(10_000), random.nextInt(10_000));
    int times = random.nextInt(10) == 0 ? 10 + random.nextInt(60) : 1;
    return String.join(" ", java.util.Collections.nCopies(times, sentence));
  }

  private void changeMessage(int what) {
    List<Message> all = account.messages().of(someConversation());
    if (all.isEmpty()) {
      return;
    }
    Message message = all.get(random.nextInt(all.size()));
    switch (what) {
      case 0 -> account.messages().edit(message.id(), text());
      case 1 -> account.messages().edit(message.id(), null);
      case 2 -> account.messages().setPrivate(message.id(), !message.isPrivate());
      case 3 -> account.messages().setStatus(message.id(), "read");
      case 4 -> account.messages().delete(message.id());
      case 5 -> answerForm(message);
      case 6 -> account.messages().purge(message.id());
      default -> account.messages().editSilently(message.id(), text());
    }
  }

  /** What a visitor chose becomes part of the message; nobody can do that to a deleted one. */
  private void answerForm(Message message) {
    if (!message.deleted()) {
      var answer = Map.of("name", "size", "value", random.nextInt(50));
      account
          .messages()
          .setContentAttributes(message.id(), Map.of("submitted_values", List.of(answer)));
    }
  }

  private void changeConversation(int what) {
    long id = someConversation();
    switch (what) {
      case 0 -> account.conversations().setStatus(id, STATUSES.get(random.nextInt(4)));
      case 1 -> account.conversations().setLabels(id, List.of("bug", "sales"));
      case 2 -> account.conversations().assign(id, random.nextBoolean() ? 2L : null);
      case 3 -> account.conversations().setTeam(id, 1L);
      case 4 -> account.conversations().setPriority(id, "high");
      case 5 -> account.conversations().snooze(id, random.nextBoolean() ? someTime() : null);
      default ->
          account.conversations().setCustomAttributes(id, Map.of("order", random.nextInt(100)));
    }
  }

  private void changeContact() {
    long id = someContact();
    ContactDetails details = account.contacts().find(id).orElseThrow().details();
    account
        .contacts()
        .update(
            id,
            switch (random.nextInt(4)) {
              case 0 -> details.name("Renamed " + random.nextInt(1000));
              case 1 -> details.email(null);
              case 2 -> details.email("new" + random.nextInt(100_000) + "@example.com");
              default -> details.blocked(!details.blocked());
            });
  }

  private void merge() {
    List<Contact> all = account.contacts().all();
    if (all.size() > 2) {
      Contact base = all.get(random.nextInt(all.size()));
      Contact mergee = all.get(random.nextInt(all.size()));
      if (base.id() != mergee.id()) {
        account.contacts().merge(base.id(), mergee.id());
      }
    }
  }

  private void deleteContact() {
    List<Contact> all = account.contacts().all();
    if (!all.isEmpty()) {
      long id = all.get(random.nextInt(all.size())).id();
      if (random.nextBoolean()) {
        account.contacts().delete(id);
      } else {
        account.contacts().deleteLeavingOrphans(id);
      }
    }
  }

  private void deleteInbox() {
    List<Desk.Inbox> inboxes = account.desk().inboxes();
    if (inboxes.size() > 3 && random.nextInt(4) == 0) {
      account.desk().deleteInbox(inboxes.get(random.nextInt(inboxes.size())).id());
    }
  }
}
