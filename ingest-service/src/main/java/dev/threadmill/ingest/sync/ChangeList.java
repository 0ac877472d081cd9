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
import org.springframework.stereotype.Component;

/**
 * Lists what changed since the last listing: by {@code updated_within} where the server proves to
 * know it, else by its latest activity and a walk over all pages, which alone shows edits and
 * deletions in old conversations.
 */
@Component
class ChangeList {
  private static final Logger log = LoggerFactory.getLogger(ChangeList.class);

  /** Changes get their time before they are committed, and clocks differ. */
  static final Duration OVERLAP = Duration.ofMinutes(5);

  private static final int NOWHERE = 100_000;
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(1);

  private final ListedPages pages;
  private final AccountCrawl crawl;
  private final SyncLimits limits;

  ChangeList(ListedPages pages, AccountCrawl crawl, SyncLimits limits) {
    this.pages = pages;
    this.crawl = crawl;
    this.limits = limits;
  }

  /** The first listing of an account decides where it begins. */
  Listing begin(SourceRun run) throws ChatwootException {
    Instant askedAt = pages.now(run);
    Instant begunAt = run.client().serverNow();
    List<ConversationPayload> newest = latestActivity(run, 1);
    Instant since = limits.lookback().isZero() ? null : begunAt.minus(limits.lookback());
    Listing listing =
        since == null ? walkOverAll(begunAt, latestChange(run, newest)) : Listing.since(since);
    pages.store(run, changedSince(newest, since), listing, askedAt);
    return listing;
  }

  /** It may take many runs, each of which lists what changed meanwhile, too. */
  private static Listing walkOverAll(Instant begunAt, @Nullable Instant latest) {
    return Listing.NONE.until(latest, null).with(Crawl.from(begunAt, null, latest));
  }

  /** Lists the changes, and says how far the listing is then. */
  Listing changes(SourceRun run, Listing listing, Instant listedUntil) throws ChatwootException {
    try {
      Instant asked = run.client().serverNow();
      Found found = ask(run, listedUntil);
      if (found.proven()) {
        // An account that rests after many changes at once would list them again for ever. Few that
        // come again are welcome: they prove the answer in one request.
        Instant until = later(listedUntil, found.latest());
        until = found.rows() > limits.perPage() ? later(until, asked.minus(OVERLAP)) : until;
        Listing after = listing.until(capped(run, until), asked);
        pages.store(run, List.of(), after);
        return after;
      }
    } catch (ChatwootException failure) {
      // A long outage makes this answer too large for the server's own time limit.
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      log.warn("listing by updated_within fails, walking the pages: {}", failure.sentence());
    }
    return walkInstead(run, listing, listedUntil);
  }

  /** What an answer held, and whether it was all that changed. */
  private record Found(int rows, @Nullable Instant latest, boolean proven) {}

  /**
   * A page that nobody has: rows can come only from a server that knows the parameter, and the
   * overlap makes sure that there are rows. When there are none, the first page tells whether
   * nothing changed or the parameter was ignored.
   */
  private Found ask(SourceRun run, Instant listedUntil) throws ChatwootException {
    Instant since = listedUntil.minus(OVERLAP);
    long seconds = Math.max(1, Duration.between(since, run.client().serverNow()).toSeconds() + 1);
    var batch = new Batch(run, since.minus(CLOCK_SLACK), pages.now(run));
    ConversationPage answer = run.client().updatedWithin(seconds, NOWHERE, batch::add);
    boolean proven = batch.rows > 0 && !batch.foundOlder;
    if (batch.rows == 0 && answer.unusable().isEmpty()) {
      answer = run.client().updatedWithin(seconds, 1, batch::add);
      proven = batch.rows == 0 && !batch.foundOlder;
    }
    batch.flush();
    crawl.setAside(run, answer.unusable());
    return new Found(batch.rows, batch.latest, proven);
  }

  /** Stores rows while they arrive, so that memory does not depend on their number. */
  private final class Batch {
    private final SourceRun run;
    private final Instant since;
    private final Instant askedAt;
    private final List<ConversationPayload> waiting = new ArrayList<>();
    private int rows;
    private boolean foundOlder;
    private @Nullable Instant latest;

    Batch(SourceRun run, Instant since, Instant askedAt) {
      this.run = run;
      this.since = since;
      this.askedAt = askedAt;
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
        pages.store(run, waiting, null, askedAt);
        waiting.clear();
      }
    }
  }

  /**
   * The newest activity at once, so that new messages do not wait; the rest is the walk's matter.
   * What changes from now on is not: it is asked for beside the walk, in short answers, or the walk
   * would end with a question as large as the one that began it. The cursor waits for its end.
   */
  private Listing walkInstead(SourceRun run, Listing listing, Instant listedUntil)
      throws ChatwootException {
    Instant begunAt = run.client().serverNow();
    Instant until = listedUntil.minus(OVERLAP);
    Instant latest = listedUntil;
    for (int number = 1; number <= Math.max(1, limits.pages() / 2); number++) {
      Instant askedAt = pages.now(run);
      List<ConversationPayload> rows = latestActivity(run, number);
      pages.store(run, changedSince(rows, until), null, askedAt);
      latest = number == 1 ? later(latest, latestChange(run, rows)) : latest;
      if (rows.stream().noneMatch(row -> row.lastActivityAt().isAfter(until))) {
        break;
      }
    }
    if (listing.crawl() != null) {
      return listing;
    }
    Instant from = capped(run, later(latest, begunAt.minus(OVERLAP)));
    Listing after = listing.until(from, null).with(Crawl.from(begunAt, until, from));
    pages.store(run, List.of(), after);
    return after;
  }

  /** A page that fails is left to the walk, which goes around it. */
  private static List<ConversationPayload> latestActivity(SourceRun run, int page)
      throws ChatwootException {
    run.checkpoint();
    try {
      return run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, page).rows();
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      log.warn("page {} of the latest conversations fails: {}", page, failure.sentence());
      return List.of();
    }
  }

  /** The server's own time where its newest page fails: the walk that follows begins later. */
  private static @Nullable Instant latestChange(SourceRun run, List<ConversationPayload> rows) {
    Instant latest = rows.isEmpty() ? run.client().serverNow() : null;
    for (ConversationPayload row : rows) {
      latest = later(latest, row.updatedAt());
    }
    return capped(run, latest);
  }

  /** A time in the future, as broken clocks give it, must not hide what changes until then. */
  private static @Nullable Instant capped(SourceRun run, @Nullable Instant latest) {
    // The server's time is known to a second only; the overlap is larger than the slack.
    Instant bound = run.client().serverNow().plus(CLOCK_SLACK);
    return latest != null && latest.isAfter(bound) ? bound : latest;
  }
}
