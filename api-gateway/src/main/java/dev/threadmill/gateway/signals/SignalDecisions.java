package dev.threadmill.gateway.signals;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What people decide on signals; each decision and its note in the audit log are one transaction.
 */
@Component
public class SignalDecisions {
  private final Signals signals;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  SignalDecisions(Signals signals, AuditLog audit, TransactionTemplate transaction) {
    this.signals = signals;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * Gives a signal a status, which no run changes.
   *
   * @param status one of {@link SignalReading#STATUSES}
   */
  public void decide(UUID project, UUID id, String status, Actor actor) {
    transaction.executeWithoutResult(
        unused -> {
          String before =
              signals.lock(project, id).orElseThrow(() -> ApiProblem.notFound("signal"));
          signals.decide(project, id, status, actor.caller().name());
          audit.write(
              actor,
              new Change(
                  project,
                  "signal.change",
                  id.toString(),
                  Map.of("status", before),
                  Map.of("status", status)));
        });
  }
}
