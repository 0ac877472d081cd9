package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignPlan;
import dev.threadmill.core.campaign.CampaignState;
import dev.threadmill.core.campaign.Segments.Place;
import java.util.UUID;

/**
 * A campaign with something to do.
 *
 * @param place where its enrolment goes on
 * @param enrolDue whether there are contacts that it has not looked at
 */
record CampaignAtWork(
    UUID id,
    UUID projectId,
    CampaignState state,
    CampaignPlan plan,
    Place place,
    boolean enrolDue) {}
