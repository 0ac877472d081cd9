package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.Segments;
import dev.threadmill.core.campaign.Segments.Look;
import dev.threadmill.core.campaign.Segments.Match;
import dev.threadmill.core.campaign.Segments.Place;
import dev.threadmill.core.campaign.Segments.Reach;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Makes members of the contacts that a campaign is for. */
@Component
class Enrolment {
  /** Contacts that are looked at in one transaction. */
  private static final int PAGE = 1000;

  /** Pages of one campaign in one run. */
  private static final int PAGES = 50;

  private static final int RUNS_NO_MORE = -1;

  private final Segments segments;
  private final MemberTable members;
  private final CampaignTable campaigns;
  private final TransactionTemplate transaction;

  Enrolment(
      Segments segments,
      MemberTable members,
      CampaignTable campaigns,
      TransactionTemplate transaction) {
    this.segments = segments;
    this.members = members;
    this.campaigns = campaigns;
    this.transaction = transaction;
  }

  /**
   * @return whether there are contacts left that it has not looked at
   */
  boolean enrol(CampaignAtWork campaign, CampaignCounts counts, Runnable checkpoint) {
    Place place = campaign.place();
    for (int page = 0; page < PAGES; page++) {
      checkpoint.run();
      Look look = segments.look(campaign.projectId(), campaign.plan().segment(), place, PAGE);
      if (!store(campaign, look, counts) || look.last() == null) {
        return false;
      }
      place = Objects.requireNonNull(look.last());
    }
    return true;
  }

  private boolean store(CampaignAtWork campaign, Look look, CampaignCounts counts) {
    List<String> contacts =
        look.matches().stream()
            .filter(match -> match.reach() == Reach.OK)
            .map(Match::contact)
            .toList();
    int days = campaign.plan().steps().getFirst().dayOffset();
    int enrolled =
        Objects.requireNonNull(
            transaction.execute(
                status ->
                    campaigns.enrolled(campaign.id(), look.last())
                        ? members.enrol(campaign.projectId(), campaign.id(), contacts, days)
                        : RUNS_NO_MORE));
    if (enrolled == RUNS_NO_MORE) {
      return false;
    }
    counts.add(Count.LOOKED_AT, look.lookedAt());
    counts.add(Count.ENROLLED, enrolled);
    return true;
  }
}
