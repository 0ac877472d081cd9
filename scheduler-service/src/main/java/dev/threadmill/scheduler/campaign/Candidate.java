package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.campaign.CampaignRules;
import dev.threadmill.core.campaign.MemberStop;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A locked message that is due, with what decides about it.
 *
 * @param stop why its contact must get nothing; null: it may
 * @param zone of the contact, where it has one, else the project's
 * @param projectZone the project's
 */
record Candidate(
    UUID id,
    UUID projectId,
    UUID campaignId,
    String contact,
    long conversation,
    boolean running,
    @Nullable MemberStop stop,
    ZoneId zone,
    ZoneId projectZone,
    CampaignRules rules,
    Instant now) {
  /** When it stops being quiet there; null: it is not quiet. */
  @Nullable Instant quietUntil() {
    var quiet = rules.quietHours();
    return quiet == null ? null : quiet.end(now, quiet.byContact() ? zone : projectZone);
  }
}
