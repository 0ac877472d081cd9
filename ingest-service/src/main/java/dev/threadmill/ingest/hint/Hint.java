package dev.threadmill.ingest.hint;

import java.time.Instant;
import java.util.UUID;

/** A conversation that may have changed, and when the latest word of it came. */
record Hint(UUID sourceId, long conversationId, Instant receivedAt) {
  /** Which conversation it is about. */
  record Key(UUID sourceId, long conversationId) {}

  Key key() {
    return new Key(sourceId, conversationId);
  }
}
