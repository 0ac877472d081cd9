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

/**
 * Reads all messages of one conversation by windows of ids, the one read that is complete by
 * construction, and stores each window.
 */
final class ConversationSync {
  private final SourceRun run;
  private final WindowWriter writer;
  private final int messageLimit;

  ConversationSync(SourceRun run, WindowWriter writer, int messageLimit) {
    this.run = run;
    this.writer = writer;
    this.messageLimit = messageLimit;
  }

  void read(UnreadConversation conversation) throws ChatwootException {
    Cursor cursor = conversation.cursor();
    long from = cursor == null ? 0 : cursor.from();
    // What a later part of a cut read stands for is what was seen when it began.
    Instant seen = cursor == null ? conversation.updatedAt() : cursor.seen();
    int left = messageLimit;
    while (left > 0) {
      MessageWindow window = completeWindow(conversation.id(), from).first(left);
      if (!writer.store(run, conversation, seen, window) || window.isLast()) {
        return;
      }
      left -= window.messages().size();
      from = window.before();
    }
  }

  /**
   * The largest window from an id on whose messages fit into one answer. An answer that is full
   * holds the oldest by time, which may have any ids: so its window is cut at an id and asked for
   * again. First at the last id, which is enough where ids and times rise together, then in the
   * middle, which gets there whatever the order.
   */
  private MessageWindow completeWindow(long conversationId, long from) throws ChatwootException {
    long before = MessageWindow.END;
    for (boolean first = true; ; first = false) {
      run.checkpoint();
      MessageSelection selection = run.client().messages(conversationId, from, before);
      List<MessagePayload> byId =
          selection.rows().stream().sorted(Comparator.comparingLong(MessagePayload::id)).toList();
      if (selection.complete()) {
        return new MessageWindow(from, before, byId);
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
