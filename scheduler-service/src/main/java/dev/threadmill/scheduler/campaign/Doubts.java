package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import dev.threadmill.scheduler.campaign.OutboundTable.Doubtful;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks for messages of which nobody knows whether they were sent: the answer was lost, or who sent
 * them died. Only what is not in its conversation is sent again.
 */
@Component
class Doubts {
  /** Conversations that one run asks. */
  private static final int MOST = 100;

  /** After so many requests without an answer a person must look. */
  private static final int ATTEMPTS = 3;

  private final OutboundTable outbound;
  private final Sending sending;
  private final ChatwootSender sender;
  private final CampaignProgress progress;
  private final TransactionTemplate transaction;

  Doubts(
      OutboundTable outbound,
      Sending sending,
      ChatwootSender sender,
      CampaignProgress progress,
      TransactionTemplate transaction) {
    this.outbound = outbound;
    this.sending = sending;
    this.sender = sender;
    this.progress = progress;
    this.transaction = transaction;
  }

  void resolve(UUID project, SendingLines lines, CampaignCounts counts, Runnable checkpoint) {
    for (Doubtful message : outbound.doubtful(project, MOST)) {
      checkpoint.run();
      boolean resolved =
          Apart.attempt(
              message.id(),
              counts,
              () -> {
                resolve(message, lines, counts);
                return true;
              },
              false);
      if (!resolved) {
        // Or it would take a place in each run.
        outbound.askLater(message.id(), message.fence(), "the look at it failed");
      }
    }
  }

  private void resolve(Doubtful message, SendingLines lines, CampaignCounts counts) {
    if (message.conversation() == null) {
      failed(message, MemberStop.CONVERSATION_GONE, "its conversation is gone", counts);
      return;
    }
    Optional<SendingAccount> account = lines.to(message.source());
    if (account.isEmpty()) {
      unanswered(message, "its account can't be asked", counts);
      return;
    }
    lines.awaitTurn(account.get());
    lines.used(account.get());
    settle(
        message,
        sender.look(account.get(), message.conversation(), message.searched()),
        lines,
        counts);
  }

  private void settle(
      Doubtful message, LookAnswer answer, SendingLines lines, CampaignCounts counts) {
    switch (answer) {
      case LookAnswer.Found found -> {
        counts.add(Count.FOUND);
        sending.sent(message.id(), message.fence(), found.messageId());
      }
      case LookAnswer.Absent absent -> absent(message, counts);
      case LookAnswer.Deleted deleted ->
          failed(
              message,
              MemberStop.FAILED,
              "a message was deleted from the conversation since, and it may be this one",
              counts);
      case LookAnswer.NoConversation gone ->
          failed(message, MemberStop.CONVERSATION_GONE, "its conversation is gone", counts);
      case LookAnswer.Unanswered unanswered -> unanswered(message, unanswered.why(), counts);
      case LookAnswer.AccountSilent silent -> {
        unanswered(message, silent.why().why(), counts);
        if (message.source() != null) {
          lines.close(message.source(), silent.why());
        }
      }
    }
  }

  /** Asked again for a day; then a person must look. */
  private void unanswered(Doubtful message, String why, CampaignCounts counts) {
    if (message.old()) {
      failed(message, MemberStop.FAILED, why, counts);
    } else {
      outbound.askLater(message.id(), message.fence(), why);
    }
  }

  private void absent(Doubtful message, CampaignCounts counts) {
    if (message.attempts() >= ATTEMPTS) {
      failed(
          message,
          MemberStop.FAILED,
          "after %d requests it is not in the conversation".formatted(ATTEMPTS),
          counts);
      return;
    }
    counts.add(Count.NOT_FOUND);
    outbound.again(message.id(), message.fence());
  }

  private void failed(Doubtful message, MemberStop stop, String why, CampaignCounts counts) {
    counts.add(Count.FAILED);
    transaction.executeWithoutResult(
        status -> {
          if (outbound.failed(message.id(), message.fence(), "unclear", true, why)) {
            progress.stopMember(message.id(), stop);
          }
        });
  }
}
