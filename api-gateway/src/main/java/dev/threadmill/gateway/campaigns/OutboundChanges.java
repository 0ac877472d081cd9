package dev.threadmill.gateway.campaigns;

import dev.threadmill.core.campaign.CampaignProgress;
import dev.threadmill.core.campaign.Template;
import dev.threadmill.core.project.Sources;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.chatwoot.ChatwootLinks;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to messages; each change and its note in the audit log are one transaction. */
@Component
public class OutboundChanges {
  private final OutboundRows rows;
  private final CampaignProgress progress;
  private final Sources sources;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  OutboundChanges(
      OutboundRows rows,
      CampaignProgress progress,
      Sources sources,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.rows = rows;
    this.progress = progress;
    this.sources = sources;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** One that waits for it, if it still is as it was seen. */
  public OutboundView approve(UUID project, UUID id, Approval approval, Actor actor) {
    return change(
        project,
        id,
        new Allowed("approve", Set.of("waiting"), approval),
        actor,
        () -> rows.approve(id, actor.caller().name()));
  }

  /** Its contact stays in the campaign, and gets the next step. */
  public OutboundView cancel(UUID project, UUID id, Actor actor) {
    return change(
        project,
        id,
        new Allowed("cancel", Set.of("waiting", "ready"), Approval.ANY),
        actor,
        () -> {
          rows.cancel(id);
          progress.stepDone(id);
        });
  }

  OutboundView edit(UUID project, UUID id, String text, Actor actor) {
    checkText(text);
    return change(
        project,
        id,
        new Allowed("edit", Set.of("waiting", "ready"), Approval.ANY),
        actor,
        () -> rows.edit(id, text, actor.caller().name()));
  }

  private static void checkText(String text) {
    try {
      if (Template.parse(text).hasFields()) {
        throw new IllegalArgumentException(
            "'text' is one message as it is sent; fields are filled in templates only");
      }
    } catch (IllegalArgumentException unusable) {
      throw Sentences.invalid(unusable);
    }
  }

  /** What may be done in which states, and to what was seen. */
  private record Allowed(String verb, Set<String> from, Approval seen) {}

  private OutboundView change(
      UUID project, UUID id, Allowed allowed, Actor actor, Runnable change) {
    var links = new ChatwootLinks(sources.ofProject(project));
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              OutboundView before =
                  rows.lock(project, id, links).orElseThrow(() -> ApiProblem.notFound("message"));
              if (!allowed.from().contains(before.state())) {
                throw new ApiProblem(
                    ProblemCode.WRONG_STATE,
                    "The message is %s; '%s' is for one that is %s."
                        .formatted(
                            before.state(),
                            allowed.verb(),
                            String.join(" or ", allowed.from().stream().sorted().toList())));
              }
              allowed.seen().check("message", before.updatedAt());
              change.run();
              OutboundView after = rows.find(project, id, links).orElseThrow();
              // Without its text, which is for its contact.
              audit.write(
                  actor,
                  new Change(
                      project,
                      "outbound." + allowed.verb(),
                      id.toString(),
                      Map.of("state", before.state()),
                      Map.of("state", after.state(), "campaign_id", after.campaignId())));
              return after;
            }));
  }
}
