package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.MemberStop;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.campaigns.OptOutRows.OptOutView;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Who is left alone; each change and its note in the audit log are one transaction. */
@Component
public class OptOutChanges {
  private static final int LONGEST_REASON = 500;

  private final OptOutRows rows;
  private final OutboundRows outbound;
  private final CampaignProgress progress;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  OptOutChanges(
      OptOutRows rows,
      OutboundRows outbound,
      CampaignProgress progress,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.outbound = outbound;
    this.progress = progress;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * What came of it.
   *
   * @param stopped memberships that were active
   * @param inFlight messages that may be on their way at this moment: these can't be held back
   */
  public record Added(OptOutView optOut, int stopped, int inFlight) {}

  /** Cancels what is open; who asks twice gets the same. */
  public Added add(UUID project, String contact, @Nullable String reason, Actor actor) {
    if (reason != null && reason.length() > LONGEST_REASON) {
      throw ApiProblem.invalid("'reason' has at most " + LONGEST_REASON + " characters.");
    }
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              boolean isNew = rows.add(project, contact, reason, actor.caller().name());
              int stopped = progress.stop(project, null, List.of(contact), MemberStop.OPTED_OUT);
              if (isNew) {
                audit.write(
                    actor,
                    new Change(project, "opt_out.add", contact, null, Map.of("stopped", stopped)));
              }
              return new Added(
                  rows.find(project, contact).orElseThrow(),
                  stopped,
                  outbound.inFlight(project, contact));
            }));
  }

  /** It may be written to again. */
  public void remove(UUID project, String contact, Actor actor) {
    transaction.executeWithoutResult(
        status -> {
          if (!rows.remove(project, contact)) {
            throw ApiProblem.notFound("opt-out");
          }
          audit.write(
              actor,
              new Change(project, "opt_out.remove", contact, Map.of("opted_out", true), null));
        });
  }
}
