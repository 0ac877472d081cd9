package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.store.Watermark.Listing;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Lists conversations: those that changed, and as long as a walk over all is under way, its next
 * part.
 */
@Component
class ConversationListing {
  private final ListedPages pages;
  private final ChangeList changes;
  private final AccountCrawl crawl;
  private final ConversationLookup lookup;

  ConversationListing(
      ListedPages pages, ChangeList changes, AccountCrawl crawl, ConversationLookup lookup) {
    this.pages = pages;
    this.changes = changes;
    this.crawl = crawl;
    this.lookup = lookup;
  }

  /** How far the listing is. */
  Listing current(SourceRun run) {
    return pages.listing(run);
  }

  void list(SourceRun run) throws ChatwootException {
    Listing listing = current(run);
    lookup.askForDue(run, listing.horizon(), true);
    if (listing.listedUntil() == null && listing.crawl() == null) {
      listing = changes.begin(run);
    }
    Instant listedUntil = listing.listedUntil();
    if (listedUntil != null) {
      listing = changes.changes(run, listing, listedUntil);
    }
    crawl.walk(run, listing);
    // What the walk put down, so that a run that walks through is complete.
    lookup.askForDue(run, listing.horizon(), false);
  }
}
