package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.chatwoot.Access;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.ingest.chatwoot.ConversationSort;

/** What the token may see of the account, or the sentence that says why it sees nothing. */
final class SourceAccess {
  private SourceAccess() {}

  static Access check(SourceRun run) throws ChatwootException {
    Access access = run.client().access();
    if (access == Access.NONE) {
      explainNone(run);
    }
    return access;
  }

  /** The profile tells only that the account is not the token's; the account's own answer why. */
  private static void explainNone(SourceRun run) throws ChatwootException {
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
            "the token is good at %s, but its user does not belong to account %d (401): add the user to the account, or set %s to the token of one of its administrators"
                .formatted(run.source().baseUrl(), account, run.client().tokenName()));
      }
      throw failure;
    }
  }
}
