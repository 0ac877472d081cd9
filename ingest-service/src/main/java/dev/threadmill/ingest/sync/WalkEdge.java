package dev.threadmill.ingest.sync;

import static dev.threadmill.ingest.sync.AccountCrawl.later;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.UnansweredTable;
import dev.threadmill.ingest.store.WalkEdgeTable;
import dev.threadmill.ingest.store.Watermark.Crawl;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Keeps what a walk was shown of the latest second it has reached. The list orders by creation
 * alone, so that conversations created in one second may come in another order on each page, some
 * twice and some not at all. When the walk leaves a second, those that are stored and were not
 * shown are put down to be asked for one by one: the sync may know them from a hint, or from
 * before. Others may be known to nobody, and that the counts agree proves nothing, for hints store
 * new ones and deletions go unnoticed: so at the end of the pages, where a second stood on several
 * of them, ids near those that were shown are put down, too.
 */
@Component
class WalkEdge {
  private final WalkEdgeTable edge;
  private final UnansweredTable unanswered;

  WalkEdge(WalkEdgeTable edge, UnansweredTable unanswered) {
    this.edge = edge;
    this.unanswered = unanswered;
  }

  /** In the transaction that stores a page of the walk. */
  void reached(Source source, Crawl crawl, List<ConversationPayload> rows) {
    Instant before = crawl.passed();
    if (before == null) {
      edge.clear(source);
    }
    edge.add(source, rows);
    if (before != null && isSplit(crawl, before, rows)) {
      edge.split(source, before);
    }
    Instant now = latest(before, rows);
    if (now != null && before != null && now.isAfter(before)) {
      unanswered.askForUnshown(source, before);
    }
    if (now != null) {
      edge.forgetBefore(source, now);
    }
  }

  /** In the transaction that stores rows of pages that the walk has passed. */
  void shownAgain(Source source, Instant passed, List<ConversationPayload> rows) {
    edge.add(source, rows.stream().filter(row -> !row.createdAt().isBefore(passed)).toList());
  }

  /** In the transaction that stores that the pages are through; more may come after all. */
  void ended(Source source, Crawl crawl) {
    Instant passed = crawl.passed();
    if (passed != null) {
      unanswered.askForUnshown(source, passed);
    }
    edge.takeSplit(source).forEach(second -> unanswered.askNear(source, second));
  }

  boolean has(Source source, ConversationPayload row) {
    return edge.has(source, row.id());
  }

  static @Nullable Instant latest(@Nullable Instant before, List<ConversationPayload> rows) {
    Instant latest = before;
    for (ConversationPayload row : rows) {
      latest = later(latest, row.createdAt());
    }
    return latest;
  }

  /**
   * Whether conversations of that second stand on this page and on the one before. A later walk
   * cares for what is new since: created since, or stored there since with an older time, as
   * imports do.
   */
  private static boolean isSplit(Crawl crawl, Instant second, List<ConversationPayload> rows) {
    Instant since = crawl.since();
    boolean fresh = since == null || !second.isBefore(since);
    return rows.stream()
        .filter(row -> row.createdAt().equals(second))
        .anyMatch(row -> fresh || !row.updatedAt().isBefore(since));
  }
}
