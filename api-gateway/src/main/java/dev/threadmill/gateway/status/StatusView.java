package dev.threadmill.gateway.status;

import dev.threadmill.gateway.runs.RunView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How a project stands. */
record StatusView(
    boolean healthy,
    List<String> problems,
    Map<String, RunView> jobRuns,
    RagCounts ragCounts,
    EmbeddingView embedding,
    @Nullable Instant oldestPendingAt,
    Entities entities,
    Storage storage,
    List<Watermark> syncWatermarks) {
  /** Chunks by the state of their embedding. */
  record RagCounts(long pending, long processing, long ready, long failed) {}

  /** What Chatwoot shows and Threadmill keeps; without what was deleted there. */
  record Entities(long contacts, long conversations, long messages, long ragChunks) {}

  /** Of the whole database, not of the project alone. */
  record Storage(
      long databaseBytes,
      long budgetBytes,
      double usagePercent,
      boolean alert,
      Map<String, Long> tables) {}

  /** How far the sync of a source is. */
  record Watermark(
      String source,
      @Nullable Instant cursorTs,
      @Nullable Long cursorId,
      JsonNode meta,
      Instant updatedAt) {}
}
