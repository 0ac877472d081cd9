package dev.threadmill.localstack.chatwoot.account;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The people who write in. Every method is one atomic change. */
public final class Contacts {
  private final State state;

  Contacts(State state) {
    this.state = state;
  }

  /** Adds a contact and returns its id. */
  public long add(@Nullable String name, @Nullable String email) {
    return add(ContactDetails.named(name).email(email));
  }

  /** Adds a contact and returns its id. */
  public long add(ContactDetails details) {
    return state.write(
        () -> {
          long id = state.nextContactId();
          state.put(
              new Contact(id, null, null, null, null, false, Map.of(), Map.of(), state.now(), null)
                  .with(details));
          state.tell(new Change("contact_created", id));
          return id;
        });
  }

  /** Moves no conversation's time, as in Chatwoot. */
  public void rename(long id, @Nullable String name) {
    update(id, find(id).orElseThrow().details().name(name));
  }

  /** Moves no conversation's time, as in Chatwoot. */
  public void update(long id, ContactDetails details) {
    state.change(
        () -> {
          state.put(state.contact(id).with(details));
          state.tell(new Change("contact_updated", id));
        });
  }

  /**
   * The mergee disappears; its conversations and messages go over to the base, which also inherits
   * what it lacked.
   */
  public void merge(long base, long mergee) {
    if (base == mergee) {
      throw new IllegalArgumentException("A contact cannot be merged into itself");
    }
    state.change(
        () -> {
          ContactDetails kept = state.contact(base).details();
          ContactDetails lost = state.contact(mergee).details();
          state.contacts.remove(mergee);
          state.put(state.contact(base).with(filledUp(kept, lost)));
          state.conversations.values().stream()
              .filter(c -> c.contactId == mergee)
              .forEach(c -> move(c, base, mergee));
          state.tell(new Change("contact_updated", base));
        });
  }

  private void move(Conversation conversation, long base, long mergee) {
    conversation.contactId = base;
    conversation.updatedAt = state.now();
    for (Message message : state.messagesOf(conversation.id)) {
      if (Sender.contact(mergee).equals(message.sender())) {
        state.put(message.sentBy(Sender.contact(base), state.now()));
      }
    }
  }

  private static ContactDetails filledUp(ContactDetails kept, ContactDetails lost) {
    Map<String, Object> custom = new HashMap<>(lost.customAttributes());
    custom.putAll(kept.customAttributes());
    return kept.name(kept.name() == null ? lost.name() : kept.name())
        .email(kept.email() == null ? lost.email() : kept.email())
        .phoneNumber(kept.phoneNumber() == null ? lost.phoneNumber() : kept.phoneNumber())
        .identifier(kept.identifier() == null ? lost.identifier() : kept.identifier())
        .customAttributes(custom);
  }

  /** Gone with its conversations, without a trace or an event. */
  public void delete(long id) {
    state.change(
        () -> {
          deleteLeavingOrphans(id);
          removeOrphans();
        });
  }

  /** The contact is gone, its conversations are still there: the minutes before the clean-up. */
  public void deleteLeavingOrphans(long id) {
    state.change(
        () -> {
          state.contact(id);
          state.contacts.remove(id);
        });
  }

  /** The clean-up that Chatwoot runs in the background. */
  public void removeOrphans() {
    state.change(
        () ->
            state.conversations.values().stream()
                .filter(c -> !state.contacts.containsKey(c.contactId))
                .map(Conversation::id)
                .toList()
                .forEach(state::removeConversation));
  }

  public Optional<Contact> find(long id) {
    return state.read(() -> Optional.ofNullable(state.contacts.get(id)));
  }

  /** All of them, by rising id. */
  public List<Contact> all() {
    return state.read(() -> List.copyOf(state.contacts.values()));
  }

  /** In the order of a table without ORDER BY: every update moves a row to the end. */
  public List<Contact> inTableOrder() {
    return state.read(
        () ->
            state.contacts.values().stream()
                .sorted(
                    Comparator.comparingLong(
                        (Contact c) -> state.contactTouches.getOrDefault(c.id(), 0L)))
                .toList());
  }
}
