package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ConversationPayload;
import dev.threadmill.ingest.store.ConversationTable;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Asks one by one for the conversations that no page showed although the server counts them: pages
 * that fail hide some, and so does an order without a tie-break.
 */
@Component
class GapProbe {
  private static final int PROBES = 1000;

  private final ConversationTable conversations;

  GapProbe(ConversationTable conversations) {
    this.conversations = conversations;
  }

  /**
   * Looks for missing conversations until as many are stored as the server counts.
   *
   * @return how many are still missing
   */
  long fill(SourceRun run, ListedPages pages, long expected) throws ChatwootException {
    long missing = expected - conversations.countPresent(run.source());
    if (missing <= 0) {
      return 0;
    }
    for (long id : conversations.unknownIds(run.source(), 0, PROBES)) {
      run.checkpoint();
      Optional<ConversationPayload> found = ask(run, id);
      if (found.isPresent()) {
        pages.store(run, List.of(found.get()), null);
        missing--;
      }
      if (missing <= 0) {
        return 0;
      }
    }
    return missing;
  }

  private static Optional<ConversationPayload> ask(SourceRun run, long id)
      throws ChatwootException {
    try {
      return run.client().conversation(id);
    } catch (ChatwootException failure) {
      if (!failure.kind().ofOneRequest()) {
        throw failure;
      }
      return Optional.empty();
    }
  }
}
