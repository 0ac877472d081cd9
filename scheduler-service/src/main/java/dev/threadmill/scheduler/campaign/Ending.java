package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Stops members that replied, ends campaigns that are through, and clears up behind ended ones. */
@Component
class Ending {
  private static final int BATCH = 1000;

  /** Batches of one campaign in one run. */
  private static final int BATCHES = 20;

  private final MemberTable members;
  private final CampaignTable campaigns;
  private final CampaignProgress progress;
  private final TransactionTemplate transaction;

  Ending(
      MemberTable members,
      CampaignTable campaigns,
      CampaignProgress progress,
      TransactionTemplate transaction) {
    this.members = members;
    this.campaigns = campaigns;
    this.progress = progress;
    this.transaction = transaction;
  }

  void stopReplied(CampaignAtWork campaign, CampaignCounts counts) {
    if (campaign.plan().rules().stopOnReply()) {
      stop(
          campaign,
          members.replied(campaign.projectId(), campaign.id(), BATCH),
          MemberStop.REPLIED,
          counts);
    }
  }

  void close(CampaignAtWork campaign, CampaignCounts counts, Runnable checkpoint) {
    if (campaign.state() == CampaignState.COMPLETED) {
      stopAll(campaign, MemberStop.CAMPAIGN_COMPLETED, counts, checkpoint);
      campaigns.settle(campaign.id());
      return;
    }
    if (!campaign.enrolDue() && members.stuck(campaign.id())) {
      stopAll(campaign, MemberStop.CONVERSATION_GONE, counts, checkpoint);
    }
    if (campaigns.complete(campaign.id())) {
      counts.add(Count.COMPLETED);
    }
  }

  private void stopAll(
      CampaignAtWork campaign, MemberStop reason, CampaignCounts counts, Runnable checkpoint) {
    for (int batch = 0; batch < BATCHES; batch++) {
      checkpoint.run();
      List<String> active = members.active(campaign.id(), BATCH);
      stop(campaign, active, reason, counts);
      if (active.size() < BATCH) {
        return;
      }
    }
  }

  private void stop(
      CampaignAtWork campaign, List<String> contacts, MemberStop reason, CampaignCounts counts) {
    if (!contacts.isEmpty()) {
      counts.add(
          Count.STOPPED,
          Objects.requireNonNull(
              transaction.execute(
                  status -> progress.stop(campaign.projectId(), campaign.id(), contacts, reason))));
    }
  }
}
