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
import dev.threadmill.ingest.store.UnreadConversation.Cursor;
import dev.threadmill.ingest.store.Upserted;
import dev.threadmill.ingest.sync.SyncCounts.Count;
import dev.threadmill.ingest.text.Chunk;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
   * What a window changed.
   *
   * @param stale a later state is stored already, or the conversation is gone: nothing was written
   * @param erased messages that were stored and are gone there
   */
  record Stored(boolean stale, Upserted messages, int erased) {
    static final Stored STALE = new Stored(true, Upserted.NOTHING, 0);
  }

  /** What went with a conversation that is gone. */
  record Erased(int messages, int chunks) {}

  private record Written(Stored stored, int people, ChunkWriter.Changes chunks) {}

  /** The time to note before asking for a window's messages. */
  Instant now(SourceRun run) {
    return run.patiently(tables.contacts()::now);
  }

  /**
   * Stores the messages and how far the conversation is read.
   *
   * @param seen the conversation's {@code updated_at} before its messages were read
   */
  Stored store(SourceRun run, String conversation, Instant seen, MessageWindow window) {
    var cut = chunks.cut(run.source(), window.messages());
    var written =
        run.patiently(
            () -> transaction.execute(status -> write(run, conversation, seen, window, cut)));
    if (written.isEmpty()) {
      return Stored.STALE;
    }
    Written done = written.get();
    SyncCounts counts = run.counts();
    counts.add(Count.CONTACTS, done.people());
    counts.add(Count.MESSAGES, done.stored().messages().total());
    counts.add(Count.MESSAGES_DELETED, done.stored().erased());
    counts.add(Count.CHUNKS_REMOVED, done.chunks().removed());
    announce(run, conversation, done.chunks());
    return done.stored();
  }

  private Optional<Written> write(
      SourceRun run,
      String conversation,
      Instant seen,
      MessageWindow window,
      Map<String, List<Chunk>> cut) {
    Source source = run.source();
    int people = tables.contacts().upsert(source, senders(window.messages()), window.askedAt());
    if (tables.reading().lockToStore(conversation, seen).isEmpty()) {
      return Optional.empty();
    }
    Upserted stored = tables.messages().upsert(source, conversation, window.messages());
    List<String> gone =
        tables.messages().eraseMissing(conversation, window.from(), window.before(), window.ids());
    var changes = chunks.write(source, conversation, cut, gone);
    if (window.isLast()) {
      tables.reading().markRead(conversation, seen);
    } else {
      tables.reading().rememberCursor(conversation, new Cursor(window.before(), seen));
    }
    return Optional.of(new Written(new Stored(false, stored, gone.size()), people, changes));
  }

  /** The conversation is gone there: what it held is erased here. */
  Erased erase(SourceRun run, String conversation) {
    Erased erased =
        run.patiently(
            () ->
                transaction.execute(
                    status -> {
                      tables.conversations().markDeleted(conversation);
                      List<String> gone =
                          tables
                              .messages()
                              .eraseMissing(conversation, 0, MessageWindow.END, List.of());
                      var changes = chunks.write(run.source(), conversation, Map.of(), gone);
                      return new Erased(gone.size(), changes.removed());
                    }));
    run.counts().add(Count.CONVERSATIONS_DELETED, 1);
    run.counts().add(Count.MESSAGES_DELETED, erased.messages());
    run.counts().add(Count.CHUNKS_REMOVED, erased.chunks());
    return erased;
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
