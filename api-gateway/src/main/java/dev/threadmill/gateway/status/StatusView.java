package dev.threadmill.gateway.status;

import dev.threadmill.gateway.runs.RunView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How a project stands.
 *
 * @param healthy whether there are no problems
 * @param problems what is not well, in sentences
 * @param oldestPendingAt since when the chunk that waits longest is due
 */
public record StatusView(
    boolean healthy,
    List<String> problems,
    Map<String, RunView> jobRuns,
    RagCounts ragCounts,
    EmbeddingView embedding,
    @Nullable Instant oldestPendingAt,
    Backlog backlog,
    Entities entities,
    Storage storage,
    ScheduleCounts schedules,
    List<SyncState> sync,
    List<Watermark> syncWatermarks) {
  /** Chunks by the state of their embedding. */
  public record RagCounts(long pending, long processing, long ready, long failed) {}

  /**
   * Chunks that wait for their vectors.
   *
   * @param ageSeconds for how long the one that waits longest is due; zero when none is
   */
  public record Backlog(long waiting, long ageSeconds) {}

  /** The project's schedules by what they do. */
  public record ScheduleCounts(int active, int paused, int suspended) {}

  /**
   * Whether all that a source shows is stored.
   *
   * @param completeAsOf when a sync that began then found nothing left to do; null: none did yet
   * @param ageSeconds how long ago that was
   */
  public record SyncState(
      String source, @Nullable Instant completeAsOf, @Nullable Long ageSeconds) {}

  /** What Chatwoot shows and Threadmill keeps; without what was deleted there. */
  public record Entities(long contacts, long conversations, long messages, long ragChunks) {}

  /** Of the whole database, not of the project alone. */
  public record Storage(
      long databaseBytes,
      long budgetBytes,
      double usagePercent,
      boolean alert,
      Map<String, Long> tables) {}

  /**
   * How far the sync of a source is.
   *
   * @param cursorTs every change until then is stored
   * @param completeAsOf everything that the account showed then, by its server's clock, is stored,
   *     save what was removed there without a trace; null: not yet
   * @param lastReconciliation the last comparison of all that is stored with what the account
   *     shows; null: none is through yet
   */
  public record Watermark(
      String source,
      @Nullable Instant cursorTs,
      @Nullable Long cursorId,
      @Nullable Instant completeAsOf,
      @Nullable Reconciliation lastReconciliation,
      JsonNode meta,
      Instant updatedAt) {}

  /**
   * What a comparison found and healed, in rows of conversations, messages and contacts.
   *
   * @param checked conversations and contacts that were compared
   * @param missing shown there, but not stored
   * @param extra stored, but gone there
   * @param changed stored otherwise than shown
   * @param unreadable conversations and contacts that gave no answer
   */
  public record Reconciliation(
      Instant startedAt,
      Instant finishedAt,
      long checked,
      long missing,
      long extra,
      long changed,
      long unreadable) {
    static @Nullable Reconciliation of(JsonNode last) {
      JsonNode found = last.path("found");
      return last.path("finished_at").isString()
          ? new Reconciliation(
              Instant.parse(last.path("started_at").stringValue()),
              Instant.parse(last.path("finished_at").stringValue()),
              found.path("checked").asLong(0),
              found.path("missing").asLong(0),
              found.path("extra").asLong(0),
              found.path("changed").asLong(0),
              found.path("unreadable").asLong(0))
          : null;
    }
  }
}
