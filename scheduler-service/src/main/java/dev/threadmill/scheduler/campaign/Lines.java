package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.project.Sources;
import org.springframework.stereotype.Component;

/** Opens the ways to the accounts for a run. */
@Component
class Lines {
  private final Sources sources;
  private final SendingAccounts accounts;
  private final ChatwootSender sender;

  Lines(Sources sources, SendingAccounts accounts, ChatwootSender sender) {
    this.sources = sources;
    this.accounts = accounts;
    this.sender = sender;
  }

  SendingLines open(CampaignCounts counts, Runnable checkpoint) {
    return new SendingLines(sources, accounts, sender, counts, checkpoint);
  }
}
