package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.MemberStop;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Decides whether a message may go out now, and claims it in the same transaction: what was opted
 * out of, blocked, erased, paused or answered at that moment does not go out, and no two messages
 * take the last place under a cap.
 */
@Component
class SendGate {
  private static final Duration WEEK = Duration.ofDays(7);

  private final GateTable gate;
  private final OutboundTable outbound;
  private final CampaignProgress progress;
  private final CampaignSettings settings;
  private final TransactionTemplate transaction;

  SendGate(
      GateTable gate,
      OutboundTable outbound,
      CampaignProgress progress,
      CampaignSettings settings,
      TransactionTemplate transaction) {
    this.gate = gate;
    this.outbound = outbound;
    this.progress = progress;
    this.settings = settings;
    this.transaction = transaction;
  }

  /**
   * @param caps what the run knows of those of the message's campaign
   */
  Verdict claim(UUID project, UUID message, Caps caps) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              gate.lockCaps(project);
              Optional<Candidate> candidate = gate.lock(message);
              return candidate.isEmpty() ? new Verdict.Passed() : decide(candidate.get(), caps);
            }));
  }

  /** Cancels a message that must not go out; claims nothing. */
  Verdict stopOnly(UUID message) {
    return Objects.requireNonNull(
        transaction.execute(
            status ->
                gate.lock(message)
                    .filter(candidate -> candidate.stop() != null)
                    .map(candidate -> decide(candidate, Caps.unknown()))
                    .orElseGet(Verdict.Passed::new)));
  }

  private Verdict decide(Candidate candidate, Caps caps) {
    MemberStop stop = candidate.stop();
    if (stop != null) {
      // Before anything else: also what must wait is not kept for somebody who must get nothing.
      progress.stop(
          candidate.projectId(), candidate.campaignId(), List.of(candidate.contact()), stop);
      return new Verdict.Stopped(stop);
    }
    if (!candidate.running()) {
      return new Verdict.CampaignWaits();
    }
    boolean dry = !settings.sendEnabled();
    Instant free = candidate.quietUntil();
    if (free == null) {
      free = gate.contactFree(candidate, dry);
    }
    if (free != null) {
      outbound.postpone(candidate.id(), free);
      return new Verdict.Postponed();
    }
    if (projectFull(candidate, caps, dry)) {
      return new Verdict.ProjectWaits();
    }
    if (campaignFull(candidate, caps, dry)) {
      return new Verdict.CampaignWaits();
    }
    if (dry) {
      outbound.wouldSend(candidate.id());
      progress.stepDone(candidate.id());
      return new Verdict.WouldSend();
    }
    return new Verdict.Send(outbound.claim(candidate));
  }

  /** Whether the project has had as many messages in its week as it may. */
  private boolean projectFull(Candidate candidate, Caps caps, boolean dry) {
    return caps.project()
        .full(
            candidate.rules().projectPerWeek(),
            candidate.now(),
            WEEK,
            since -> gate.claimedOfProject(candidate, dry, since));
  }

  /** Whether the campaign has written to as many other contacts in its window as it may. */
  private boolean campaignFull(Candidate candidate, Caps caps, boolean dry) {
    Duration window = Duration.ofHours(candidate.rules().windowHours());
    return !gate.wroteTo(candidate, dry, candidate.now().minus(window))
        && caps.campaign()
            .full(
                candidate.rules().contactsPerWindow(),
                candidate.now(),
                window,
                since -> gate.contactsOfCampaign(candidate, dry, since));
  }
}
