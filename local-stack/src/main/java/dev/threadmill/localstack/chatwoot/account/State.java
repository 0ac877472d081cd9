package dev.threadmill.localstack.chatwoot.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The rows and the lock they are kept under. */
final class State {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Clock clock;
  final Random random;
  final NavigableMap<Long, Contact> contacts = new TreeMap<>();
  final NavigableMap<Long, Conversation> conversations = new TreeMap<>();
  final Map<Long, Message> messages = new HashMap<>();
  final Map<Long, List<Long>> messageIds = new HashMap<>();
  final Map<Long, Long> contactTouches = new HashMap<>();
  final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  volatile Duration commitLag = Duration.ZERO;
  private final AtomicLong version = new AtomicLong();
  private long lastContactId = 100;
  private long lastConversationId;
  private long lastMessageId = 1000;
  private Instant lastNow = Instant.EPOCH;
  private @Nullable Instant fixedNow;

  State(Clock clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed);
  }

  long version() {
    return version.get();
  }

  <T extends @Nullable Object> T read(Supplier<T> reader) {
    lock.readLock().lock();
    try {
      return reader.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  <T extends @Nullable Object> T write(Supplier<T> change) {
    lock.writeLock().lock();
    try {
      version.incrementAndGet();
      return change.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  void change(Runnable change) {
    this.<@Nullable Void>write(
        () -> {
          change.run();
          return null;
        });
  }

  void at(Instant when, Runnable changes) {
    change(
        () -> {
          Instant before = fixedNow;
          fixedNow = when.truncatedTo(ChronoUnit.MICROS);
          try {
            changes.run();
          } finally {
            fixedNow = before;
          }
        });
  }

  /** Never twice the same, since a server's microseconds tell two writes apart. */
  Instant now() {
    if (fixedNow != null) {
      Instant fixed = fixedNow;
      fixedNow = fixed.plusMillis(1);
      return fixed;
    }
    Instant now = clock.instant().minus(commitLag).truncatedTo(ChronoUnit.MICROS);
    lastNow = now.isAfter(lastNow) ? now : lastNow.plus(1, ChronoUnit.MICROS);
    return lastNow;
  }

  void tell(Change change) {
    listeners.forEach(listener -> listener.accept(change));
  }

  long nextContactId() {
    return lastContactId += 1 + random.nextInt(2);
  }

  long nextConversationId() {
    return ++lastConversationId;
  }

  void skipConversationIds(int count) {
    lastConversationId += count;
  }

  /** With gaps, for the sequence is shared by all accounts of an installation. */
  long nextMessageId() {
    return lastMessageId += 1 + random.nextInt(4);
  }

  Contact contact(long id) {
    return present(contacts.get(id), "contact", id);
  }

  Conversation conversation(long id) {
    return present(conversations.get(id), "conversation", id);
  }

  Message message(long id) {
    return present(messages.get(id), "message", id);
  }

  List<Message> messagesOf(long conversationId) {
    List<Long> ids = messageIds.getOrDefault(conversationId, List.of());
    List<Message> found = new ArrayList<>(ids.size());
    ids.forEach(id -> found.add(Objects.requireNonNull(messages.get(id))));
    return found;
  }

  void put(Contact contact) {
    contacts.put(contact.id(), contact);
    contactTouches.put(contact.id(), version.get());
  }

  void put(Message message) {
    messages.put(message.id(), message);
  }

  void restore(Truth rows, int skippedIds) {
    rows.contacts().forEach(this::put);
    for (Conversation conversation : rows.conversations()) {
      conversations.put(conversation.id, conversation);
      messageIds.put(conversation.id, new ArrayList<>());
    }
    for (Message message : rows.messages()) {
      put(message);
      Objects.requireNonNull(messageIds.get(message.conversationId())).add(message.id());
    }
    lastContactId = skippedIds + (contacts.isEmpty() ? 0 : contacts.lastKey());
    lastConversationId = skippedIds + (conversations.isEmpty() ? 0 : conversations.lastKey());
    lastMessageId =
        skippedIds + messages.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  void removeConversation(long id) {
    conversations.remove(id);
    Collection<Long> ids = messageIds.remove(id);
    (ids == null ? Collections.<Long>emptyList() : ids).forEach(messages::remove);
  }

  private static <T> T present(@Nullable T row, String kind, long id) {
    if (row == null) {
      throw new IllegalArgumentException("No " + kind + " " + id + " in the simulated account");
    }
    return row;
  }
}
