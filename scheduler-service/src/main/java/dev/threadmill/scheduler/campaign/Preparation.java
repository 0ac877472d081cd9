package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignState;
import org.springframework.stereotype.Component;

/** What is done in a campaign before anything of it is sent. */
@Component
class Preparation {
  private final CampaignTable campaigns;
  private final Ending ending;
  private final Enrolment enrolment;
  private final Drafting drafting;

  Preparation(CampaignTable campaigns, Ending ending, Enrolment enrolment, Drafting drafting) {
    this.campaigns = campaigns;
    this.ending = ending;
    this.enrolment = enrolment;
    this.drafting = drafting;
  }

  /**
   * Begins it where a person has just approved it, enrols, and drafts what is due.
   *
   * @return whether contacts are left that it has not looked at
   */
  boolean prepare(CampaignAtWork campaign, CampaignCounts counts, Runnable checkpoint) {
    if (campaign.state() == CampaignState.APPROVED && !campaigns.begin(campaign.id())) {
      return false;
    }
    ending.stopReplied(campaign, counts);
    boolean left = campaign.enrolDue() && enrolment.enrol(campaign, counts, checkpoint);
    drafting.draft(campaign, counts, checkpoint);
    return left;
  }
}
