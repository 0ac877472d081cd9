package dev.threadmill.ingest.sync;

import static dev.threadmill.ingest.sync.AccountCrawl.changedSince;
import static dev.threadmill.ingest.sync.AccountCrawl.later;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationPage;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import dev.threadmill.ingest.store.Watermark.Crawl;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists what changed since the last listing: by {@code updated_within} where the server proves to
 * know it, else by its latest activity and a walk over all pages, which alone shows edits and
 * deletions in old conversations.
 */
final class ChangeList {
  private static final Logger log = LoggerFactory.getLogger(ChangeList.class);

  /** Changes get their time before they are committed, and clocks differ. */
  private static final Duration OVERLAP = Duration.ofMinutes(5);

  private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

  private final SourceRun run;
  private final ListedPages pages;
  private final SyncLimits limits;

  ChangeList(SourceRun run, ListedPages pages, SyncLimits limits) {
    this.run = run;
    this.pages = pages;
    this.limits = limits;
  }

  /** The first listing of an account decides where it begins. */
  Listing begin() throws ChatwootException {
    ConversationPage newest = run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, 1);
    Listing listing;
    Instant since = null;
    if (limits.lookback().isZero()) {
      Instant latest = latestChange(newest.rows(), null);
      listing = new Listing(latest, false, new Crawl(null, latest, 1, null, 0));
    } else {
      since = run.client().serverNow().minus(limits.lookback());
      listing = new Listing(since, false, null);
    }
    pages.store(run, changedSince(newest.rows(), since), listing);
    return listing;
  }

  /** Lists the changes, and says how far the listing is then. */
  Listing changes(Listing listing, Instant listedUntil) throws ChatwootException {
    try {
      Found found = ask(listing, listedUntil);
      if (found.proven()) {
        Listing after =
            new Listing(
                later(listedUntil, found.latest()),
                listing.updatedWithin() || found.rows() > 0,
                listing.crawl());
        pages.store(run, List.of(), after);
        return after;
      }
    } catch (ChatwootException failure) {
      // A long outage makes this answer too large for the server's own time limit.
      if (!AccountCrawl.ofThisPage(failure)) {
        throw failure;
      }
      log.warn("listing by updated_within fails, walking the pages: {}", failure.sentence());
    }
    return walkInstead(listing, listedUntil);
  }

  /** What an answer held, and whether it was all that changed. */
  private record Found(int rows, @Nullable Instant latest, boolean proven) {}

  private Found ask(Listing listing, Instant listedUntil) throws ChatwootException {
    Instant since = listedUntil.minus(OVERLAP);
    long seconds = Math.max(1, Duration.between(since, run.client().serverNow()).toSeconds() + 1);
    var batch = new Batch(since.minus(CLOCK_SLACK));
    run.client().updatedWithin(seconds, batch::add);
    batch.flush();
    boolean proven =
        !batch.foundOlder
            && (batch.rows == 0
                || listing.updatedWithin()
                || run.client().ignoresPageOfUpdatedWithin(seconds));
    return new Found(batch.rows, batch.latest, proven);
  }

  /** Stores rows while they arrive, so that memory does not depend on their number. */
  private final class Batch {
    private final Instant since;
    private final List<ConversationPayload> waiting = new ArrayList<>();
    private int rows;
    private boolean foundOlder;
    private @Nullable Instant latest;

    Batch(Instant since) {
      this.since = since;
    }

    void add(ConversationPayload row) {
      if (row.updatedAt().isBefore(since)) {
        foundOlder = true;
        return;
      }
      rows++;
      latest = later(latest, row.updatedAt());
      waiting.add(row);
      if (waiting.size() >= limits.perPage()) {
        flush();
      }
    }

    void flush() {
      if (!waiting.isEmpty()) {
        pages.store(run, waiting, null);
        waiting.clear();
      }
    }
  }

  /**
   * The newest activity at once, so that new messages do not wait; the rest is the walk's matter.
   * The listing moves only when that is through.
   */
  private Listing walkInstead(Listing listing, Instant listedUntil) throws ChatwootException {
    Instant until = listedUntil.minus(OVERLAP);
    Instant latest = listedUntil;
    for (int number = 1; number <= Math.max(1, limits.pages() / 2); number++) {
      run.checkpoint();
      List<ConversationPayload> rows =
          run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, number).rows();
      pages.store(run, changedSince(rows, until), null);
      latest = number == 1 ? latestChange(rows, latest) : latest;
      if (rows.stream().noneMatch(row -> row.lastActivityAt().isAfter(until))) {
        break;
      }
    }
    if (listing.crawl() != null) {
      return listing;
    }
    Listing after = new Listing(listedUntil, false, new Crawl(until, latest, 1, null, 0));
    pages.store(run, List.of(), after);
    return after;
  }

  private static @Nullable Instant latestChange(
      List<ConversationPayload> rows, @Nullable Instant otherwise) {
    Instant latest = otherwise;
    for (ConversationPayload row : rows) {
      latest = later(latest, row.updatedAt());
    }
    return latest;
  }
}
