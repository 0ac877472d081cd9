package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignState.Action;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to campaigns; each change and its note in the audit log are one transaction. */
@Component
public class CampaignChanges {
  private final CampaignRows rows;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  CampaignChanges(CampaignRows rows, AuditLog audit, TransactionTemplate transaction) {
    this.rows = rows;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** It is a draft: nothing of it is sent before a person approves it. */
  public CampaignView create(UUID project, CampaignWish wish, Actor actor) {
    var name = wish.checkedName();
    var plan = wish.plan();
    return done(
        () -> {
          CampaignView created = rows.insert(project, name, plan, actor.caller().name());
          audit.write(
              actor,
              new Change(
                  project, "campaign.create", created.id().toString(), null, created.fields()));
          return created;
        });
  }

  CampaignView change(UUID project, UUID id, CampaignWish wish, Actor actor) {
    return done(
        () -> {
          CampaignView before = lock(project, id);
          if (!before.state().changeable()) {
            throw new ApiProblem(
                ProblemCode.WRONG_STATE,
                "The campaign is %s; it can be changed while it is a draft only."
                    .formatted(before.state().wireName()));
          }
          CampaignView after =
              rows.change(
                  id,
                  wish.name() == null ? before.name() : wish.checkedName(),
                  wish.plan(before.plan()));
          audit.write(
              actor,
              new Change(
                  project, "campaign.change", id.toString(), before.fields(), after.fields()));
          return after;
        });
  }

  /** Takes effect at once: nothing is claimed for sending in another state than running. */
  public CampaignView move(UUID project, UUID id, Action action, Approval seen, Actor actor) {
    return done(
        () -> {
          CampaignView before = lock(project, id);
          if (before.state() == action.to()) {
            return before;
          }
          if (!action.isAllowedIn(before.state())) {
            throw new ApiProblem(
                ProblemCode.WRONG_STATE,
                "The campaign is %s; '%s' is for one that is %s."
                    .formatted(
                        before.state().wireName(),
                        action.wireName(),
                        String.join(" or ", action.fromNames())));
          }
          seen.check("campaign", before.updatedAt());
          CampaignView after = rows.move(id, action, actor.caller().name());
          audit.write(
              actor,
              new Change(
                  project,
                  "campaign." + action.wireName(),
                  id.toString(),
                  Map.of("state", before.state()),
                  Map.of("state", after.state())));
          return after;
        });
  }

  private CampaignView lock(UUID project, UUID id) {
    return rows.lock(project, id).orElseThrow(() -> ApiProblem.notFound("campaign"));
  }

  private CampaignView done(Supplier<CampaignView> change) {
    return Objects.requireNonNull(transaction.execute(status -> change.get()));
  }
}
