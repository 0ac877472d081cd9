package dev.threadmill.ingest.sync;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ContactPayload;
import dev.threadmill.ingest.chatwoot.MessagePayload;
import dev.threadmill.ingest.store.ChunkChange;
import dev.threadmill.ingest.store.ContactTable;
import dev.threadmill.ingest.store.ConversationTable;
import dev.threadmill.ingest.store.MessageTable;
import dev.threadmill.ingest.store.ReadingTable;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.ingest.store.UnreadConversation.Cursor;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores a window of a conversation's messages with their chunks in one transaction, and announces
 * the chunks that wait for a vector after its commit. Rows are locked in one order everywhere:
 * contacts, conversation, messages, chunks.
 */
@Component
class WindowWriter {
  private final Tables tables;
  private final ChunkWriter chunks;
  private final TransactionTemplate transaction;
  private final EventSender events;
  private final Clock clock;

  WindowWriter(
      Tables tables,
      ChunkWriter chunks,
      TransactionTemplate transaction,
      EventSender events,
      Clock clock) {
    this.tables = tables;
    this.chunks = chunks;
    this.transaction = transaction;
    this.events = events;
    this.clock = clock;
  }

  /** The tables that a window touches. */
  @Component
  record Tables(
      ContactTable contacts,
      ConversationTable conversations,
      ReadingTable reading,
      MessageTable messages) {}

  /**
   * Stores the messages and how far the conversation is read.
   *
   * @param seen the conversation's {@code updated_at} before its messages were read
   * @return false when a later state is stored already, or the conversation is gone: then nothing
   *     was written
   */
  boolean store(
      SourceRun run, UnreadConversation conversation, Instant seen, MessageWindow window) {
    run.checkpoint();
    var written = transaction.execute(status -> write(run, conversation.globalId(), seen, window));
    written.ifPresent(changes -> announce(run, conversation.globalId(), changes));
    return written.isPresent();
  }

  private Optional<ChunkWriter.Changes> write(
      SourceRun run, String conversation, Instant seen, MessageWindow window) {
    Source source = run.source();
    int people = tables.contacts().upsert(source, senders(window.messages()));
    if (tables.reading().lockToStore(conversation, seen).isEmpty()) {
      return Optional.empty();
    }
    int stored = tables.messages().upsert(source, conversation, window.messages());
    List<String> gone =
        tables.messages().eraseMissing(conversation, window.from(), window.before(), window.ids());
    var changes = chunks.write(source, conversation, window.messages(), gone);
    if (window.isLast()) {
      tables.reading().markRead(conversation, seen);
    } else {
      tables.reading().rememberCursor(conversation, new Cursor(window.before(), seen));
    }
    run.counts().add(Count.CONTACTS, people);
    run.counts().add(Count.MESSAGES, stored);
    run.counts().add(Count.MESSAGES_DELETED, gone.size());
    run.counts().add(Count.CHUNKS_REMOVED, changes.removed());
    return Optional.of(changes);
  }

  /** The conversation is gone there: what it held is erased here. */
  void erase(SourceRun run, UnreadConversation conversation) {
    run.checkpoint();
    transaction.executeWithoutResult(
        status -> {
          String id = conversation.globalId();
          tables.conversations().markDeleted(id);
          List<String> gone = tables.messages().eraseMissing(id, 0, MessageWindow.END, List.of());
          var changes = chunks.write(run.source(), id, List.of(), gone);
          run.counts().add(Count.CONVERSATIONS_DELETED, 1);
          run.counts().add(Count.MESSAGES_DELETED, gone.size());
          run.counts().add(Count.CHUNKS_REMOVED, changes.removed());
        });
  }

  private void announce(SourceRun run, String conversation, ChunkWriter.Changes changes) {
    Instant now = clock.instant();
    for (ChunkChange chunk : changes.waiting()) {
      run.counts().add(chunk.isNew() ? Count.CHUNKS_INSERTED : Count.CHUNKS_RESET, 1);
      events.send(
          new MessageUpserted(
              UUID.randomUUID(),
              now,
              run.source().projectId(),
              conversation,
              chunk.messageGlobalId(),
              chunk.id(),
              chunk.index(),
              chunk.textHash()));
    }
  }

  private static List<ContactPayload> senders(List<MessagePayload> messages) {
    return messages.stream().map(MessagePayload::contact).flatMap(Optional::stream).toList();
  }
}
