package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.Watermark.Listing;
import dev.threadmill.ingest.store.WatermarkTable;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stores what the conversation list shows, a page and its watermark in one transaction. */
@Component
class ListedPages {
  private final ContactTable contacts;
  private final ConversationTable conversations;
  private final WatermarkTable watermarks;
  private final TransactionTemplate transaction;

  ListedPages(
      ContactTable contacts,
      ConversationTable conversations,
      WatermarkTable watermarks,
      TransactionTemplate transaction) {
    this.contacts = contacts;
    this.conversations = conversations;
    this.watermarks = watermarks;
    this.transaction = transaction;
  }

  Listing listing(SourceRun run) {
    return watermarks.find(run.source()).listing();
  }

  /**
   * @param listing how far the listing is with these rows; null when that does not change
   */
  void store(SourceRun run, List<ConversationPayload> rows, @Nullable Listing listing) {
    run.checkpoint();
    transaction.executeWithoutResult(
        status -> {
          var people = rows.stream().map(ConversationPayload::contact).flatMap(Optional::stream);
          run.counts().add(Count.CONTACTS, contacts.upsert(run.source(), people.toList()));
          run.counts().add(Count.CONVERSATIONS_LISTED, conversations.upsert(run.source(), rows));
          if (listing != null) {
            watermarks.remember(run.source(), listing);
          }
        });
  }
}
