package dev.threadmill.ingest.sync;

import dev.threadmill.core.project.Source;
import dev.threadmill.ingest.chatwoot.ChatwootAccount;
import dev.threadmill.ingest.chatwoot.ChatwootClients;
import dev.threadmill.ingest.chatwoot.ChatwootException;
import dev.threadmill.ingest.chatwoot.Pause;
import dev.threadmill.ingest.source.SourceAccounts;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Reads one conversation outside of any run, because something hints that it changed. A full sync
 * may go on at the same time: whoever saw the later state wins, window by window.
 */
@Component
public class ConversationRefresh {
  private final SourceAccounts accounts;
  private final ChatwootClients clients;
  private final Comparison comparison;
  private final SyncMeters meters;

  ConversationRefresh(
      SourceAccounts accounts, ChatwootClients clients, Comparison comparison, SyncMeters meters) {
    this.accounts = accounts;
    this.clients = clients;
    this.comparison = comparison;
    this.meters = meters;
  }

  /**
   * Stores the conversation and its messages as they are now.
   *
   * @param mayGoOn throws what ends the reading where it must not go on
   * @return false when there is no token for this source
   * @throws ChatwootException when it can't be read
   */
  public boolean refresh(Source source, long conversationId, Runnable mayGoOn)
      throws ChatwootException {
    Optional<ChatwootAccount> account = accounts.accountOf(source);
    if (account.isEmpty()) {
      return false;
    }
    var client = clients.open(account.get(), Pause.checking(mayGoOn));
    comparison.heal(
        new SourceRun(source, client, meters.counts(), mayGoOn, 1), conversationId, null, null);
    return true;
  }
}
