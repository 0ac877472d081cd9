package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationPage;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import dev.threadmill.ingest.store.Watermark.Crawl;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks all pages of the conversation list, oldest conversation first, over as many runs as it
 * takes. New conversations only append to that order, but a deletion pulls rows one page back, to
 * where the walk already was: therefore each page is read once more after its successor.
 */
final class AccountCrawl {
  private static final Logger log = LoggerFactory.getLogger(AccountCrawl.class);

  /** After so many failing pages in a row it is the server that fails, not a page. */
  private static final int FAILING_PAGES = 3;

  private final SourceRun run;
  private final ListedPages pages;

  AccountCrawl(SourceRun run, ListedPages pages) {
    this.run = run;
    this.pages = pages;
  }

  /** Goes on with the walk for so many pages, and says how far the listing is then. */
  Listing walk(Listing begun, int pageLimit) throws ChatwootException {
    Listing listing = begun;
    int failing = 0;
    for (int walked = 0; walked < pageLimit && listing.crawl() != null; walked++) {
      Crawl crawl = listing.crawl();
      try {
        listing = step(listing, crawl);
        failing = 0;
      } catch (ChatwootException failure) {
        if (!ofThisPage(failure) || ++failing >= FAILING_PAGES) {
          throw failure;
        }
        log.warn(
            "page {} of the conversation list fails: {}", crawl.nextPage(), failure.sentence());
        listing = with(listing, skipped(crawl));
        pages.store(run, List.of(), listing);
      }
    }
    return listing;
  }

  private Listing step(Listing listing, Crawl crawl) throws ChatwootException {
    run.checkpoint();
    ConversationPage page =
        run.client().conversations(ConversationSort.CREATED_FIRST, crawl.nextPage());
    lookBack(crawl);
    Listing after =
        page.isEmpty() ? finished(listing, crawl) : with(listing, advanced(crawl, page));
    pages.store(run, changedSince(page.rows(), crawl.since()), after);
    return after;
  }

  /**
   * Reads back from the page before, until one begins with what was seen already: what deletions
   * pulled back meanwhile is on these pages.
   */
  private void lookBack(Crawl crawl) throws ChatwootException {
    Instant passed = crawl.passed();
    for (int number = crawl.nextPage() - 1; number >= 1 && passed != null; number--) {
      run.checkpoint();
      List<ConversationPayload> rows;
      try {
        rows = run.client().conversations(ConversationSort.CREATED_FIRST, number).rows();
      } catch (ChatwootException failure) {
        if (!ofThisPage(failure)) {
          throw failure;
        }
        continue;
      }
      pages.store(run, changedSince(rows, crawl.since()), null);
      if (!rows.isEmpty() && rows.getFirst().createdAt().isBefore(passed)) {
        return;
      }
    }
  }

  static List<ConversationPayload> changedSince(
      List<ConversationPayload> rows, @Nullable Instant since) {
    return since == null
        ? rows
        : rows.stream().filter(row -> !row.updatedAt().isBefore(since)).toList();
  }

  private static Crawl advanced(Crawl crawl, ConversationPage page) {
    Instant passed = crawl.passed();
    for (ConversationPayload row : page.rows()) {
      passed = passed == null || row.createdAt().isAfter(passed) ? row.createdAt() : passed;
    }
    return new Crawl(
        crawl.since(), crawl.listedUntil(), crawl.nextPage() + 1, passed, crawl.failedPages());
  }

  private static Crawl skipped(Crawl crawl) {
    return new Crawl(
        crawl.since(),
        crawl.listedUntil(),
        crawl.nextPage() + 1,
        crawl.passed(),
        crawl.failedPages() + 1);
  }

  /** A walk with holes is no proof: the next run begins another. */
  private static Listing finished(Listing listing, Crawl crawl) {
    if (crawl.failedPages() > 0) {
      return with(listing, new Crawl(crawl.since(), crawl.listedUntil(), 1, null, 0));
    }
    return new Listing(
        later(listing.listedUntil(), crawl.listedUntil()), listing.updatedWithin(), null);
  }

  static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
    return a == null || (b != null && b.isAfter(a)) ? b : a;
  }

  private static Listing with(Listing listing, Crawl crawl) {
    return new Listing(listing.listedUntil(), listing.updatedWithin(), crawl);
  }

  /** Whether another page may still be readable. */
  static boolean ofThisPage(ChatwootException failure) {
    return switch (failure.kind()) {
      case SERVER_ERROR, TIMEOUT, MALFORMED, BODY_TOO_LARGE -> true;
      default -> false;
    };
  }
}
