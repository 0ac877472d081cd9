package dev.threadmill.gateway.jobs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Runs that people ask for; each and its note in the audit log are one transaction. */
@Component
public class RunsByHand {
  private final RunLog runLog;
  private final RunRequests requests;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  RunsByHand(RunLog runLog, RunRequests requests, AuditLog audit, TransactionTemplate transaction) {
    this.runLog = runLog;
    this.requests = requests;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * Queues a run and announces it, or answers with the one that is queued or running already.
   *
   * @param payload checked before
   * @param action the word for it in the audit log
   */
  public RequestedRun start(
      UUID project, JobType job, Map<String, ?> payload, String action, Actor actor) {
    var wish = new RunRequest(project, job, RunTrigger.MANUAL, actor.caller().name(), payload);
    RequestedRun run =
        Objects.requireNonNull(transaction.execute(status -> file(wish, action, actor)));
    if (run.created()) {
      requests.announce(List.of(new QueuedRun(run.runId(), project, job, run.attempt())));
    }
    return run;
  }

  private RequestedRun file(RunRequest wish, String action, Actor actor) {
    RequestedRun run = runLog.request(wish);
    audit.write(
        actor,
        new Change(
            wish.projectId(),
            action,
            wish.jobType().wireName(),
            null,
            Map.of("run_id", run.runId(), "created", run.created(), "payload", wish.payload())));
    return run;
  }
}
