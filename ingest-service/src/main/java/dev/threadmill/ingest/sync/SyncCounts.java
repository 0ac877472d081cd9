package dev.threadmill.ingest.sync;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/** What a run did so far, counted by many threads. */
final class SyncCounts {
  /** What is counted, in the order in which a result shows it. */
  enum Count {
    /** Conversations listed whose rows are new or changed. */
    CONVERSATIONS_LISTED,
    /** Conversations whose messages were read. */
    CONVERSATIONS,
    /** Messages stored, new or changed. */
    MESSAGES,
    MESSAGES_DELETED,
    CONVERSATIONS_DELETED,
    CHUNKS_INSERTED,
    CHUNKS_RESET,
    CHUNKS_REMOVED,
    /** Contacts stored, new or changed. */
    CONTACTS,
    CONTACTS_DELETED
  }

  private final Map<Count, LongAdder> counts = new LinkedHashMap<>();
  private final ObjLongConsumer<Count> total;

  /** Counted for themselves. */
  SyncCounts() {
    this((count, number) -> {});
  }

  /**
   * @param total is told each number, too
   */
  SyncCounts(ObjLongConsumer<Count> total) {
    this.total = total;
    for (Count count : Count.values()) {
      counts.put(count, new LongAdder());
    }
  }

  void add(Count count, long number) {
    LongAdder adder = counts.get(count);
    if (adder != null) {
      adder.add(number);
      total.accept(count, number);
    }
  }

  long of(Count count) {
    LongAdder adder = counts.get(count);
    return adder == null ? 0 : adder.sum();
  }

  Map<String, Long> toMap() {
    Map<String, Long> map = new LinkedHashMap<>();
    counts.forEach(
        (count, number) -> map.put(count.name().toLowerCase(java.util.Locale.ROOT), number.sum()));
    return map;
  }
}
