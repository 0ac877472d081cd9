package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.core.tick.TickRequests;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Ticks that people ask for; each and its note in the audit log are one transaction. */
@Component
class ManualTicks {
  private final TickLog log;
  private final TickRequests requests;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ManualTicks(TickLog log, TickRequests requests, AuditLog audit, TransactionTemplate transaction) {
    this.log = log;
    this.requests = requests;
    this.audit = audit;
    this.transaction = transaction;
  }

  /**
   * @param project null for all
   * @param maxDue how many due schedules to claim at the most
   */
  Tick ask(@Nullable UUID project, int maxDue, Actor actor) {
    Tick tick = Objects.requireNonNull(transaction.execute(status -> file(project, maxDue, actor)));
    requests.announce(tick);
    return tick;
  }

  private Tick file(@Nullable UUID project, int maxDue, Actor actor) {
    Tick tick = log.requestManual(project, maxDue);
    audit.write(
        actor,
        new Change(project, "scheduler.tick", tick.id().toString(), null, Map.of("limit", maxDue)));
    return tick;
  }
}
