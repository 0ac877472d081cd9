package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.UnreadState;
import dev.threadmill.ingest.store.Watermark;
import dev.threadmill.ingest.store.Watermark.Listing;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** One sync of one source: list what changed, read what must be read, move the cursor. */
@Component
class SourceSync {
  private static final int SHOWN_SET_ASIDE = 20;

  private final ListedPages pages;
  private final WindowWriter writer;
  private final ReadingTable reading;
  private final WatermarkTable watermarks;
  private final SyncLimits limits;

  SourceSync(
      ListedPages pages,
      WindowWriter writer,
      ReadingTable reading,
      WatermarkTable watermarks,
      SyncLimits limits) {
    this.pages = pages;
    this.writer = writer;
    this.reading = reading;
    this.watermarks = watermarks;
    this.limits = limits;
  }

  SourceResult sync(SourceRun run) {
    Instant since = pages.listing(run).listedUntil();
    Access access = Access.UNKNOWN;
    ChatwootException failure = null;
    try {
      access = access(run);
      list(run);
      new ConversationReads(
              run, reading, writer, new ConversationSync(run, writer, limits.messages()))
          .read(limits.conversations());
    } catch (ChatwootException ended) {
      failure = ended;
    }
    run.checkpoint();
    watermarks.advance(run.source());
    return result(run, since, access, failure);
  }

  private static Access access(SourceRun run) throws ChatwootException {
    Access access = run.client().access();
    if (access == Access.NONE) {
      explainNoAccess(run);
    }
    return access;
  }

  /** The profile tells only that the account is not the token's; the account's own answer why. */
  private static void explainNoAccess(SourceRun run) throws ChatwootException {
    long account = run.source().accountId();
    try {
      run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, 1);
    } catch (ChatwootException failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        throw new ChatwootException(
            Kind.ACCOUNT_NOT_FOUND,
            "Chatwoot at %s has no account %d (404): set CHATWOOT_ACCOUNT_ID to the number in its address"
                .formatted(run.source().baseUrl(), account));
      }
      if (failure.kind() == Kind.UNAUTHORIZED) {
        throw new ChatwootException(
            Kind.NO_ACCESS,
            "the token is good at %s, but its user does not belong to account %d (401): add the user to the account, or set CHATWOOT_API_TOKEN to the token of one of its administrators"
                .formatted(run.source().baseUrl(), account));
      }
      throw failure;
    }
  }

  private void list(SourceRun run) throws ChatwootException {
    var changes = new ChangeList(run, pages, limits);
    Listing listing = pages.listing(run);
    if (listing.listedUntil() == null && listing.crawl() == null) {
      listing = changes.begin();
    }
    Instant listedUntil = listing.listedUntil();
    if (listedUntil != null) {
      listing = changes.changes(listing, listedUntil);
    }
    new AccountCrawl(run, pages).walk(listing, limits.pages());
  }

  private SourceResult result(
      SourceRun run, @Nullable Instant since, Access access, @Nullable ChatwootException failure) {
    Watermark watermark = watermarks.find(run.source());
    UnreadState state = reading.state(run.source().id());
    List<String> open = whatIsOpen(watermark, state, access);
    if (failure != null) {
      open.addFirst(failure.sentence());
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("source", run.source().watermarkName());
    result.put("since", since == null ? null : since.toString());
    result.putAll(run.counts().toMap());
    result.put("requests", run.client().requests());
    result.put("set_aside", state.setAside());
    if (state.setAside() > 0) {
      result.put("set_aside_conversations", reading.setAside(run.source().id(), SHOWN_SET_ASIDE));
    }
    result.put("conversations_left", state.unread() - state.setAside());
    Instant cursor = watermark.cursorTs();
    result.put("cursor_ts", cursor == null ? null : cursor.toString());
    result.put("cursor_id", watermark.cursorId());
    result.put("complete", open.isEmpty());
    result.put("complete_reason", open.isEmpty() ? null : String.join("; ", open));
    return new SourceResult(result, run.counts().of(Count.MESSAGES), state.setAside() > 0, failure);
  }

  private static List<String> whatIsOpen(Watermark watermark, UnreadState state, Access access) {
    List<String> open = new ArrayList<>();
    var crawl = watermark.listing().crawl();
    if (crawl != null) {
      open.add(
          crawl.failedPages() > 0
              ? crawl.failedPages() + " pages of the conversation list fail"
              : "the conversation list is walked up to page %d; the next run goes on (CHATWOOT_PAGES_LIMIT)"
                  .formatted(crawl.nextPage() - 1));
    }
    long left = state.unread() - state.setAside();
    if (left > 0) {
      open.add(
          "%d conversations wait for the next run (CHATWOOT_CONVERSATIONS_LIMIT, CHATWOOT_MESSAGES_LIMIT)"
              .formatted(left));
    }
    if (state.setAside() > 0) {
      open.add(state.setAside() + " conversations are set aside and tried again later");
    }
    if (access == Access.AGENT) {
      open.add(
          "the token is an agent's and shows only that agent's inboxes: use an administrator's");
    }
    return open;
  }
}
