package dev.threadmill.localstack.chatwoot.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One simulated account, safe for use by many threads. Its methods move the times that Chatwoot
 * moves, and no others.
 */
public final class ChatwootAccount {
  private final long id;
  private final Clock clock;
  private final State state;
  private final Desk desk;
  private final Contacts contacts;
  private final Messages messages;
  private final Conversations conversations;

  public ChatwootAccount(long id, Clock clock, long seed) {
    this.id = id;
    this.clock = clock;
    this.state = new State(clock, seed);
    this.desk = new Desk(state);
    this.contacts = new Contacts(state);
    this.messages = new Messages(state);
    this.conversations = new Conversations(state, messages, desk);
  }

  public long id() {
    return id;
  }

  public Clock clock() {
    return clock;
  }

  public Desk desk() {
    return desk;
  }

  public Contacts contacts() {
    return contacts;
  }

  public Conversations conversations() {
    return conversations;
  }

  public Messages messages() {
    return messages;
  }

  /**
   * Runs the changes as if it were {@code when}, each a millisecond after the one before: for
   * histories. No request sees a part of them.
   */
  public void at(Instant when, Runnable changes) {
    state.at(when, changes);
  }

  /** Runs the changes as one: no request sees a part of them. */
  public void atomically(Runnable changes) {
    state.change(changes);
  }

  /** Reads a consistent state; nothing changes meanwhile. Changing inside would wait for ever. */
  public <T extends @Nullable Object> T read(Supplier<T> reader) {
    return state.read(reader);
  }

  /** Grows with each change; equal numbers mean an equal account. */
  public long version() {
    return state.version();
  }

  /** From now on changes carry a time this far in the past, as those of slow transactions do. */
  public void setCommitLag(Duration lag) {
    state.commitLag = lag;
  }

  /** The listener is called while the change is being made: it must be quick and must not read. */
  public void listen(Consumer<Change> listener) {
    state.listeners.add(listener);
  }

  /** Puts rows into the empty account and lets new ids begin some way behind theirs. */
  void restore(Truth rows, int skippedIds) {
    state.change(() -> state.restore(rows, skippedIds));
  }

  /** Everything there is, at one moment. */
  public Truth truth() {
    return state.read(
        () ->
            new Truth(
                List.copyOf(state.contacts.values()),
                state.conversations.values().stream().map(Conversation::copy).toList(),
                state.messages.values().stream()
                    .sorted(Comparator.comparingLong(Message::id))
                    .toList()));
  }
}
