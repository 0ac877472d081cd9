package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationPage;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import dev.threadmill.ingest.store.UnansweredTable;
import dev.threadmill.ingest.store.Watermark.Crawl;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Walks all pages of the conversation list, oldest conversation first, over as many runs as it
 * takes. New conversations only append to that order, but a deletion pulls rows one page back, to
 * where the walk already was: therefore each page is read once more after its successor. What a
 * failing page may hide is asked for one by one, and so is what may not have been shown among those
 * created in one second, and gaps, when the server counts more than the pages showed.
 */
@Component
class AccountCrawl {
  private static final Logger log = LoggerFactory.getLogger(AccountCrawl.class);

  /** After so many failing pages in a row it is the list that fails, not a page. */
  private static final int FAILING_PAGES = 10;

  private final ListedPages pages;
  private final WalkEdge edge;
  private final UnansweredTable unanswered;
  private final ConversationLookup lookup;
  private final GapProbe gaps;
  private final SyncLimits limits;

  AccountCrawl(
      ListedPages pages,
      WalkEdge edge,
      UnansweredTable unanswered,
      ConversationLookup lookup,
      GapProbe gaps,
      SyncLimits limits) {
    this.pages = pages;
    this.edge = edge;
    this.unanswered = unanswered;
    this.lookup = lookup;
    this.gaps = gaps;
    this.limits = limits;
  }

  /** Goes on with the walk for as many pages as one run may read. */
  void walk(SourceRun run, Listing begun) throws ChatwootException {
    if (begun.crawl() != null) {
      try (var ahead = new PageAhead(run, pages)) {
        walk(run, begun, ahead);
      }
    }
  }

  private void walk(SourceRun run, Listing begun, PageAhead ahead) throws ChatwootException {
    Listing listing = begun;
    int failing = 0;
    boolean ended = false;
    for (int walked = 0; walked < limits.pages() && listing.crawl() != null && !ended; walked++) {
      Crawl crawl = listing.crawl();
      run.checkpoint();
      try {
        PageAhead.Answer answer = ahead.page(crawl.nextPage());
        if (!answer.page().isEmpty() && walked + 1 < limits.pages()) {
          ahead.ask(crawl.nextPage() + 1);
        }
        listing = step(run, listing, crawl, answer);
        // What is still to be asked for then is the next run's.
        ended = answer.page().isEmpty();
        failing = 0;
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest() || ++failing >= FAILING_PAGES) {
          throw failure;
        }
        log.warn(
            "page {} of the conversation list fails: {}", crawl.nextPage(), failure.sentence());
        listing = listing.with(crawl.skipping());
        pages.store(run, List.of(), listing);
      }
    }
  }

  private Listing step(SourceRun run, Listing listing, Crawl begun, PageAhead.Answer answer)
      throws ChatwootException {
    ConversationPage page = answer.page();
    Crawl crawl = lookBack(run, begun) ? begun : begun.withHole();
    askForHidden(run, crawl, page.rows());
    setAside(run, page.unusable());
    if (page.isEmpty()) {
      return finish(run, listing, crawl, page.allCount());
    }
    Listing after = listing.with(crawl.past(WalkEdge.latest(crawl.passed(), page.rows())));
    pages.store(
        run,
        changedSince(page.rows(), crawl.since()),
        after,
        answer.askedAt(),
        () -> edge.reached(run.source(), crawl, page.rows()));
    return after;
  }

  /**
   * Reads back from the page before, until one begins with what was seen already: what deletions
   * pulled back meanwhile is on these pages.
   *
   * @return false when one of them fails
   */
  private boolean lookBack(SourceRun run, Crawl crawl) throws ChatwootException {
    Instant passed = crawl.passed();
    for (int number = crawl.nextPage() - 1; number >= 1 && passed != null; number--) {
      Instant askedAt = pages.now(run);
      ConversationPage page;
      try {
        page = run.client().conversations(ConversationSort.CREATED_FIRST, number);
      } catch (ChatwootException failure) {
        if (!failure.kind().ofOneRequest()) {
          throw failure;
        }
        return false;
      }
      setAside(run, page.unusable());
      List<ConversationPayload> rows = page.rows();
      boolean known =
          !rows.isEmpty()
              && (rows.getFirst().createdAt().isBefore(passed)
                  || run.patiently(() -> edge.has(run.source(), rows.getFirst())));
      pages.store(
          run,
          changedSince(rows, crawl.since()),
          null,
          askedAt,
          () -> edge.shownAgain(run.source(), passed, rows));
      if (known) {
        return true;
      }
    }
    return true;
  }

  /** After pages that failed: what is stored of their part of the list is to be asked for. */
  private void askForHidden(SourceRun run, Crawl crawl, List<ConversationPayload> next) {
    Instant hole = crawl.hole();
    if (hole == null) {
      return;
    }
    Instant end =
        next.isEmpty() ? Instant.parse("9999-01-01T00:00:00Z") : next.getFirst().createdAt();
    run.patiently(() -> unanswered.ask(run.source(), hole, end));
  }

  void setAside(SourceRun run, List<Long> unusable) {
    for (long id : unusable) {
      if (id > 0) {
        lookup.setAside(run, id, "the list shows it without a usable created_at or status");
      }
    }
  }

  /** The pages are through; the walk is when nothing that the server counts is missing. */
  private Listing finish(SourceRun run, Listing listing, Crawl ended, @Nullable Long counted)
      throws ChatwootException {
    Crawl crawl = ended.through();
    Listing pagesEnd = listing.with(crawl);
    pages.store(run, List.of(), pagesEnd, null, () -> edge.ended(run.source(), crawl));
    lookup.askForDue(run, listing.horizon(), false);
    if (run.patiently(() -> unanswered.count(run.source().id())).toAsk() > 0) {
      return pagesEnd;
    }
    Listing after = listing.with((Crawl) null);
    // A first sync that looks back only so far leaves out what the server counts; and deletions
    // that nobody noticed make up for what failing pages hide.
    if (crawl.hides() || (counted != null && listing.horizon() == null)) {
      Long enough = crawl.hides() ? null : counted;
      OptionalLong probed = gaps.fill(run, listing.horizon(), crawl.probed(), enough);
      if (probed.isPresent()) {
        after = listing.with(crawl.probedUpTo(probed.getAsLong()));
      }
    }
    if (after.crawl() == null) {
      after = after.until(later(listing.listedUntil(), crawl.listedUntil()), crawl.begunAt());
    }
    pages.store(run, List.of(), after);
    return after;
  }

  static List<ConversationPayload> changedSince(
      List<ConversationPayload> rows, @Nullable Instant since) {
    return since == null
        ? rows
        : rows.stream().filter(row -> !row.updatedAt().isBefore(since)).toList();
  }

  static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
    return a == null || (b != null && b.isAfter(a)) ? b : a;
  }
}
