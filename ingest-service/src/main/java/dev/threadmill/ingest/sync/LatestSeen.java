package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ConversationPayload;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a walk has seen last: the conversations of its last page. Times have whole seconds, and an
 * import creates thousands of conversations in one: among those only the id tells which were seen.
 */
final class LatestSeen {
  private @Nullable Instant createdAt;
  private final Set<Long> ids = new HashSet<>();

  void add(List<ConversationPayload> rows) {
    ids.clear();
    for (ConversationPayload row : rows) {
      ids.add(row.id());
      if (createdAt == null || row.createdAt().isAfter(createdAt)) {
        createdAt = row.createdAt();
      }
    }
  }

  /** The latest of all pages; null before the first row. */
  @Nullable Instant createdAt() {
    return createdAt;
  }

  boolean has(ConversationPayload row) {
    return ids.contains(row.id());
  }
}
