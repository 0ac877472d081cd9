package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ConversationSort;
import org.springframework.stereotype.Component;

/** Erases what is gone there; but only on the word of a server that still knows our token. */
@Component
class GoneConversations {
  private final WindowWriter writer;

  GoneConversations(WindowWriter writer) {
    this.writer = writer;
  }

  /**
   * Erases a conversation that was not found.
   *
   * @throws ChatwootException when the token is dead or does not reach the account: then "not
   *     found" means nothing
   */
  WindowWriter.Erased erase(SourceRun run, String globalId) throws ChatwootException {
    requireHealthyToken(run);
    return writer.erase(run, globalId);
  }

  static void requireHealthyToken(SourceRun run) throws ChatwootException {
    Access access = run.client().access();
    if (access == Access.UNKNOWN) {
      // The server does not say; then the account must show itself, or this throws.
      run.client().conversations(ConversationSort.ACTIVE_LAST_FIRST, 1);
    }
    if (access == Access.NONE) {
      throw new ChatwootException(
          Kind.NO_ACCESS,
          "the token's user no longer belongs to account %d, so nothing counts as deleted there"
              .formatted(run.source().accountId()));
    }
  }
}
