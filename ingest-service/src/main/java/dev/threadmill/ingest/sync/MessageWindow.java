package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.MessagePayload;
import java.time.Instant;
import java.util.List;

/**
 * All messages of a conversation with {@code from <= id < before}, by rising id.
 *
 * @param before {@link Long#MAX_VALUE} when there are none after them
 * @param askedAt before they were asked for, by the database's clock
 */
record MessageWindow(long from, long before, List<MessagePayload> messages, Instant askedAt) {
  static final long END = Long.MAX_VALUE;

  boolean isLast() {
    return before == END;
  }

  /** The first messages only; the window then ends before the next one. */
  MessageWindow first(int count) {
    return messages.size() <= count
        ? this
        : new MessageWindow(from, messages.get(count).id(), messages.subList(0, count), askedAt);
  }

  /** What is left of it behind a first part; nothing is where both end at the same id. */
  MessageWindow after(MessageWindow part) {
    return new MessageWindow(
        part.before(), before, messages.subList(part.messages().size(), messages.size()), askedAt);
  }

  List<Long> ids() {
    return messages.stream().map(MessagePayload::id).toList();
  }
}
