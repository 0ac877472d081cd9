package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ConversationPayload;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of the latest second that a walk has seen. Times have whole seconds, and an
 * import creates thousands of conversations in one: among those only the id tells which were seen.
 */
final class LatestSeen {
  private @Nullable Instant createdAt;
  private final Set<Long> ids = new HashSet<>();

  void add(List<ConversationPayload> rows) {
    for (ConversationPayload row : rows) {
      if (createdAt == null || row.createdAt().isAfter(createdAt)) {
        createdAt = row.createdAt();
        ids.clear();
      }
      if (row.createdAt().equals(createdAt)) {
        ids.add(row.id());
      }
    }
  }

  /** Null before the first row. */
  @Nullable Instant createdAt() {
    return createdAt;
  }

  boolean has(ConversationPayload row) {
    return ids.contains(row.id());
  }
}
