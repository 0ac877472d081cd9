package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.MessagePayload;
import dev.threadmill.ingest.chatwoot.MessageSelection;
import dev.threadmill.ingest.store.UnreadConversation;
import dev.threadmill.ingest.store.UnreadConversation.Cursor;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Reads all messages of one conversation by windows of ids, the one read that is complete by
 * construction, and stores each window.
 */
@Component
class ConversationSync {
  /**
   * So many windows one run asks for, of up to a thousand messages each: what bounds its requests
   * where nearly all of a long conversation is stored already and counts for no limit.
   */
  static final int MOST_WINDOWS = 20;

  private final WindowWriter writer;

  ConversationSync(WindowWriter writer) {
    this.writer = writer;
  }

  /**
   * What a reading found that was not stored, or stored otherwise.
   *
   * @param stale a later state was stored already, so nothing is known
   */
  record Differences(boolean stale, int missing, int extra, int changed) {
    static final Differences NONE = new Differences(false, 0, 0, 0);

    private Differences plus(WindowWriter.Stored stored) {
      return new Differences(
          stale || stored.stale(),
          missing + stored.messages().inserted(),
          extra + stored.erased(),
          changed + stored.messages().changed());
    }

    private int total() {
      return missing + extra + changed;
    }
  }

  /** Reads the conversation to its end, however long it is. */
  Differences readWhole(SourceRun run, UnreadConversation conversation) throws ChatwootException {
    return read(run, conversation, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /**
   * @param limit how many messages this reading may store, those not counted that are stored as
   *     they are; a later one goes on behind them
   */
  Differences read(SourceRun run, UnreadConversation conversation, int limit)
      throws ChatwootException {
    return read(run, conversation, limit, MOST_WINDOWS);
  }

  Differences read(SourceRun run, UnreadConversation conversation, int limit, int mostWindows)
      throws ChatwootException {
    Cursor cursor = conversation.cursor();
    long from = cursor == null ? 0 : cursor.from();
    // What a later part of a cut read stands for is what was seen when it began.
    Instant seen = cursor == null ? conversation.updatedAt() : cursor.seen();
    Differences found = Differences.NONE;
    int left = limit;
    // Not down to the last message: each part is a transaction, and should be worth it.
    for (int windows = 0; windows < mostWindows && left > limit / 2; windows++) {
      MessageWindow rest = completeWindow(run, conversation.id(), from);
      while (rest.from() < rest.before() && left > limit / 2) {
        MessageWindow part = rest.first(left);
        found = found.plus(writer.store(run, conversation.globalId(), seen, part));
        if (found.stale() || part.isLast()) {
          return found;
        }
        left = limit - found.total();
        rest = rest.after(part);
      }
      from = rest.from();
    }
    return found;
  }

  /**
   * The largest window from an id on whose messages fit into one answer. An answer that is full
   * holds the oldest by time, which may have any ids: so its window is cut at an id and asked for
   * again. First at the last id, which is enough where ids and times rise together, then in the
   * middle, which gets there whatever the order.
   */
  private MessageWindow completeWindow(SourceRun run, long conversationId, long from)
      throws ChatwootException {
    long before = MessageWindow.END;
    for (boolean first = true; ; first = false) {
      Instant askedAt = writer.now(run);
      MessageSelection selection = run.client().messages(conversationId, from, before);
      List<MessagePayload> byId =
          selection.rows().stream().sorted(Comparator.comparingLong(MessagePayload::id)).toList();
      if (selection.complete()) {
        return new MessageWindow(from, before, byId, askedAt);
      }
      long cut = byId.get(first ? byId.size() - 1 : byId.size() / 2).id();
      if (cut <= from || cut >= before) {
        throw new ChatwootException(
            Kind.MALFORMED, "the server gives messages outside of the ids that were asked for");
      }
      before = cut;
    }
  }
}
