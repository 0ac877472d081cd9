package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Sends what is due, a few messages of each campaign in turns. */
@Component
class Sending {
  /** Messages that one run sends, or would send. */
  static final int MOST = 300;

  /** Messages of one campaign that one run looks at. */
  private static final int LOOKS = 2000;

  private static final int TURN = 20;

  /**
   * A process that slept so long between claim and request sends nothing: its claim may be over.
   */
  private static final Duration FRESH = Duration.ofSeconds(20);

  private static final Logger log = LoggerFactory.getLogger(Sending.class);

  private final OutboundTable outbound;
  private final SendGate gate;
  private final ChatwootSender sender;
  private final CampaignProgress progress;
  private final CampaignSettings settings;
  private final TransactionTemplate transaction;

  Sending(
      OutboundTable outbound,
      SendGate gate,
      ChatwootSender sender,
      CampaignProgress progress,
      CampaignSettings settings,
      TransactionTemplate transaction) {
    this.outbound = outbound;
    this.gate = gate;
    this.sender = sender;
    this.progress = progress;
    this.settings = settings;
    this.transaction = transaction;
  }

  /** Whether messages are sent, or only noted. */
  boolean enabled() {
    return settings.sendEnabled();
  }

  /** How far a campaign is in this run. */
  private static final class Turn {
    private final CampaignAtWork campaign;
    private final Caps caps = Caps.unknown();
    private OutboundTable.Due last = OutboundTable.Due.NONE;
    private int looks;

    Turn(CampaignAtWork campaign) {
      this.campaign = campaign;
    }
  }

  /** What is to happen after a message. */
  private enum Next {
    GO_ON,
    NEXT_CAMPAIGN,
    END
  }

  void send(
      UUID project,
      List<CampaignAtWork> campaigns,
      SendingLines lines,
      CampaignCounts counts,
      Runnable checkpoint) {
    Deque<Turn> turns = new ArrayDeque<>();
    campaigns.forEach(campaign -> turns.add(new Turn(campaign)));
    while (!turns.isEmpty() && done(counts) < MOST) {
      Turn turn = turns.remove();
      switch (take(project, turn, lines, counts, checkpoint)) {
        case GO_ON -> turns.add(turn);
        case NEXT_CAMPAIGN -> {}
        case END -> turns.clear();
      }
    }
  }

  private static int done(CampaignCounts counts) {
    return counts.of(Count.SENT) + counts.of(Count.WOULD_SEND) + counts.of(Count.UNKNOWN);
  }

  private Next take(
      UUID project, Turn turn, SendingLines lines, CampaignCounts counts, Runnable checkpoint) {
    List<OutboundTable.Due> due = outbound.due(turn.campaign.id(), turn.last, lines.closed(), TURN);
    for (OutboundTable.Due message : due) {
      checkpoint.run();
      turn.last = message;
      Next next =
          Apart.attempt(
              message.id(),
              counts,
              () ->
                  settings.sendEnabled()
                      ? through(project, message, turn.caps, lines, counts)
                      : next(gate.claim(project, message.id(), turn.caps), counts),
              Next.GO_ON);
      if (next != Next.GO_ON) {
        return next;
      }
    }
    turn.looks += due.size();
    return due.size() < TURN || turn.looks >= LOOKS ? Next.NEXT_CAMPAIGN : Next.GO_ON;
  }

  private Next through(
      UUID project,
      OutboundTable.Due message,
      Caps caps,
      SendingLines lines,
      CampaignCounts counts) {
    Optional<SendingAccount> account = lines.to(message.source());
    if (account.isPresent()) {
      lines.awaitTurn(account.get());
    }
    long begun = System.nanoTime();
    // Without a way to send it, it may still have to be cancelled, but must not be claimed.
    Verdict verdict =
        account.isPresent() ? gate.claim(project, message.id(), caps) : gate.stopOnly(message.id());
    if (verdict instanceof Verdict.Send send) {
      if (System.nanoTime() - begun > FRESH.toNanos()) {
        outbound.release(send.claim().id(), send.claim().fence(), "the process was asleep");
        return Next.GO_ON;
      }
      lines.used(account.get());
      deliver(account.get(), message, send.claim(), lines, counts);
      return Next.GO_ON;
    }
    return next(verdict, counts);
  }

  private static Next next(Verdict verdict, CampaignCounts counts) {
    switch (verdict) {
      case Verdict.Stopped stopped -> counts.add(Count.STOPPED);
      case Verdict.Postponed postponed -> counts.add(Count.POSTPONED);
      case Verdict.WouldSend wouldSend -> counts.add(Count.WOULD_SEND);
      case Verdict.CampaignWaits waits -> {
        return Next.NEXT_CAMPAIGN;
      }
      case Verdict.ProjectWaits waits -> {
        // By this campaign's rule.
        return Next.NEXT_CAMPAIGN;
      }
      case Verdict.Passed passed -> {}
      case Verdict.Send send -> throw new IllegalStateException("a claim must be sent");
    }
    return done(counts) < MOST ? Next.GO_ON : Next.END;
  }

  private void deliver(
      SendingAccount account,
      OutboundTable.Due message,
      Claim claim,
      SendingLines lines,
      CampaignCounts counts) {
    SendAnswer answer;
    try {
      answer = sender.send(account, claim.conversation(), claim.id(), claim.text());
    } catch (RuntimeException unforeseen) {
      log.warn(
          "A message of a campaign may not have been sent: {}", unforeseen.getClass().getName());
      answer = new SendAnswer.Unclear("an unforeseen failure; the service's log has it", false);
    }
    UUID source = Objects.requireNonNull(message.source());
    lines.clear(source, !(answer instanceof SendAnswer.Unclear unclear) || unclear.answered());
    settle(claim, source, answer, lines, counts);
  }

  private void settle(
      Claim claim, UUID source, SendAnswer answer, SendingLines lines, CampaignCounts counts) {
    switch (answer) {
      case SendAnswer.Sent sent -> {
        counts.add(Count.SENT);
        sent(claim.id(), claim.fence(), sent.messageId());
      }
      case SendAnswer.Unclear unclear -> {
        counts.add(Count.UNKNOWN);
        outbound.unknown(claim.id(), claim.fence(), unclear.why());
      }
      case SendAnswer.NotNow notNow -> {
        outbound.release(claim.id(), claim.fence(), notNow.why());
        lines.close(source, notNow);
      }
      case SendAnswer.Refused refused -> {
        counts.add(Count.FAILED);
        failed(claim, "refused", refused.why(), MemberStop.FAILED);
      }
      case SendAnswer.NoConversation gone -> {
        counts.add(Count.STOPPED);
        failed(
            claim,
            MemberStop.CONVERSATION_GONE.wireName(),
            "Chatwoot has no such conversation",
            MemberStop.CONVERSATION_GONE);
      }
    }
  }

  /** It is in the conversation; its member goes on. */
  void sent(UUID id, long fence, long messageId) {
    transaction.executeWithoutResult(
        status -> {
          if (outbound.sent(id, fence, messageId)) {
            progress.stepDone(id);
          }
        });
  }

  private void failed(Claim claim, String reason, String why, MemberStop stop) {
    transaction.executeWithoutResult(
        status -> {
          if (outbound.failed(claim.id(), claim.fence(), reason, false, why)) {
            progress.stopMember(claim.id(), stop);
          }
        });
  }
}
