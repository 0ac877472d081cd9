package dev.threadmill.localstack.chatwoot.account;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The account's messages. Every method is one atomic change that moves the times Chatwoot moves.
 */
public final class Messages {
  private final State state;

  Messages(State state) {
    this.state = state;
  }

  /** Adds a message of the conversation's contact and returns its id. */
  public long incoming(long conversationId, @Nullable String content) {
    return add(NewMessage.incoming(conversationId, content));
  }

  /** Adds an agent's answer and returns its id. */
  public long outgoing(long conversationId, @Nullable String content) {
    return add(NewMessage.outgoing(conversationId, content));
  }

  /** Adds a private note and returns its id. */
  public long note(long conversationId, String content) {
    return add(NewMessage.note(conversationId, content));
  }

  /** Adds a message and returns its id. An incoming one reopens a resolved conversation. */
  public long add(NewMessage wanted) {
    return state.write(
        () -> {
          Conversation conversation = state.conversation(wanted.conversationId());
          Instant now = state.now();
          Message message = message(wanted, conversation, now);
          state.put(message);
          Objects.requireNonNull(state.messageIds.get(conversation.id)).add(message.id());
          noteArrival(conversation, message, now);
          if (message.type() != MessageType.ACTIVITY) {
            state.tell(new Change("message_created", message.id()));
          }
          return message.id();
        });
  }

  private Message message(NewMessage wanted, Conversation conversation, Instant now) {
    return new Message(
        state.nextMessageId(),
        conversation.id,
        wanted.content(),
        wanted.type(),
        wanted.contentType(),
        wanted.contentAttributes(),
        "sent",
        wanted.isPrivate(),
        wanted.createdAt() == null ? now : wanted.createdAt(),
        now,
        wanted.sourceId(),
        sender(wanted, conversation),
        wanted.attachments());
  }

  private static @Nullable Sender sender(NewMessage wanted, Conversation conversation) {
    if (wanted.sender() != null || wanted.anonymous()) {
      return wanted.sender();
    }
    return wanted.type() == MessageType.INCOMING
        ? Sender.contact(conversation.contactId)
        : Sender.user(conversation.assigneeId == null ? 1 : conversation.assigneeId);
  }

  private void noteArrival(Conversation conversation, Message message, Instant now) {
    conversation.updatedAt = now;
    // Unconditional, so a message with an old time sets the conversation back.
    conversation.lastActivityAt = message.createdAt();
    if (message.type() == MessageType.INCOMING) {
      if (conversation.waitingSince == null) {
        conversation.waitingSince = message.createdAt();
      }
      if (conversation.status.equals("resolved") || conversation.status.equals("snoozed")) {
        conversation.status = "open";
        conversation.snoozedUntil = null;
        state.tell(new Change("conversation_status_changed", conversation.id, List.of("status")));
      }
      Contact contact = state.contacts.get(conversation.contactId);
      if (contact != null) {
        state.put(contact.seenAt(now));
      }
    } else if (message.type() == MessageType.OUTGOING && !message.isPrivate()) {
      conversation.waitingSince = null;
      if (conversation.firstReplyCreatedAt == null) {
        conversation.firstReplyCreatedAt = message.createdAt();
      }
    }
  }

  /** A new text, as channels and integrations write it: moves updated_at, not the last activity. */
  public void edit(long id, @Nullable String content) {
    touch(id, (message, now) -> message.edited(content, now));
  }

  /** A new text written past the model's callbacks: no time moves at all. */
  public void editSilently(long id, @Nullable String content) {
    state.change(
        () -> {
          Message message = state.message(id);
          state.put(message.edited(content, message.updatedAt()));
        });
  }

  /** As a form or CSAT answer does. */
  public void setContentAttributes(long id, Map<String, Object> attributes) {
    touch(id, (message, now) -> message.attributes(Map.copyOf(attributes), now));
  }

  /** {@code sent}, {@code delivered}, {@code read} or {@code failed}. */
  public void setStatus(long id, String status) {
    touch(id, (message, now) -> message.status(status, now));
  }

  public void setPrivate(long id, boolean isPrivate) {
    touch(id, (message, now) -> message.isPrivate(isPrivate, now));
  }

  /** Leaves the tombstone that Chatwoot leaves. */
  public void delete(long id) {
    touch(id, (message, now) -> message.tombstone(now));
  }

  /** The row is gone, as after a script: no time moves, nothing remains. */
  public void purge(long id) {
    state.change(
        () -> {
          Message message = state.message(id);
          state.messages.remove(id);
          Objects.requireNonNull(state.messageIds.get(message.conversationId())).remove(id);
        });
  }

  private void touch(long id, BiFunction<Message, Instant, Message> change) {
    state.change(
        () -> {
          Message message = state.message(id);
          Instant now = state.now();
          state.put(change.apply(message, now));
          state.conversation(message.conversationId()).updatedAt = now;
          state.tell(new Change("message_updated", id));
        });
  }

  public Optional<Message> find(long id) {
    return state.read(() -> Optional.ofNullable(state.messages.get(id)));
  }

  /** Those of one conversation, by rising id. */
  public List<Message> of(long conversationId) {
    return state.read(() -> state.messagesOf(conversationId));
  }
}
