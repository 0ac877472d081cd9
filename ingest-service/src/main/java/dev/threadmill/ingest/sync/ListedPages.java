package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.ContactChecks;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.Watermark.Listing;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores listed conversations and how far the listing is, in one transaction. */
@Component
class ListedPages {
  private final ContactTable contacts;
  private final ContactChecks checks;
  private final ConversationTable conversations;
  private final WatermarkTable watermarks;
  private final TransactionTemplate transaction;

  ListedPages(
      ContactTable contacts,
      ContactChecks checks,
      ConversationTable conversations,
      WatermarkTable watermarks,
      TransactionTemplate transaction) {
    this.contacts = contacts;
    this.checks = checks;
    this.conversations = conversations;
    this.watermarks = watermarks;
    this.transaction = transaction;
  }

  /** How many rows are new or changed. */
  record Written(int contacts, int conversations) {}

  Listing listing(SourceRun run) {
    return run.patiently(() -> watermarks.find(run.source()).listing());
  }

  /** The time to note before asking for what {@link #store} will store. */
  Instant now(SourceRun run) {
    return run.patiently(contacts::now);
  }

  /** The same where nobody noted when the rows were asked for. */
  Written store(SourceRun run, List<ConversationPayload> rows, @Nullable Listing listing) {
    return store(run, rows, listing, null);
  }

  Written store(
      SourceRun run,
      List<ConversationPayload> rows,
      @Nullable Listing listing,
      @Nullable Instant askedAt) {
    return store(run, rows, listing, askedAt, () -> {});
  }

  /**
   * @param listing how far the listing is with these rows; null when that does not change
   * @param askedAt by {@link #now}, before the rows were asked for; it puts their contacts in order
   * @param also what belongs into the same transaction
   */
  Written store(
      SourceRun run,
      List<ConversationPayload> rows,
      @Nullable Listing listing,
      @Nullable Instant askedAt,
      Runnable also) {
    List<ConversationPayload> copy = List.copyOf(rows);
    Written written =
        run.patiently(
            () ->
                transaction.execute(
                    status -> {
                      also.run();
                      return write(run, copy, listing, askedAt);
                    }));
    run.counts().add(Count.CONTACTS, written.contacts());
    run.counts().add(Count.CONVERSATIONS_LISTED, written.conversations());
    return written;
  }

  private Written write(
      SourceRun run,
      List<ConversationPayload> rows,
      @Nullable Listing listing,
      @Nullable Instant askedAt) {
    var people = rows.stream().map(ConversationPayload::contact).flatMap(Optional::stream).toList();
    int changedContacts = contacts.upsert(run.source(), people, askedAt);
    checks.markLeft(run.source(), rows);
    int changed = conversations.upsert(run.source(), rows);
    if (listing != null) {
      watermarks.remember(run.source(), listing);
    }
    return new Written(changedContacts, changed);
  }
}
