package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunFilter;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** The run log as people read it, and what they do to runs. */
@Service
public class Runs {
  private final RunHistory history;
  private final RunLog log;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final TraceLinks traces;

  Runs(
      RunHistory history,
      RunLog log,
      AuditLog audit,
      TransactionTemplate transaction,
      TraceLinks traces) {
    this.history = history;
    this.log = log;
    this.audit = audit;
    this.transaction = transaction;
    this.traces = traces;
  }

  /** The newest first, in pages. */
  public RunsPage list(UUID project, RunsQuery query) {
    int limit = query.checkedLimit();
    var filter =
        new RunFilter(
            query.jobType(),
            query.runStatus(),
            query.runTrigger(),
            query.fromTime(),
            query.toTime(),
            place(project, query));
    List<JobRun> runs = history.newest(project, filter, limit);
    return RunsPage.of(runs, limit);
  }

  private RunFilter.@Nullable Position place(UUID project, RunsQuery query) {
    if (query.cursor() != null) {
      return RunsPage.position(query.cursor());
    }
    return query.before() == null
        ? null
        : history.position(project, query.before()).orElseThrow(() -> ApiProblem.notFound("run"));
  }

  /** With its last lines, and a link to its trace. */
  public RunView one(UUID project, UUID id) {
    return history
        .find(project, id)
        .map(run -> RunView.of(run, history.lines(project, id), traces.of(run)))
        .orElseThrow(() -> ApiProblem.notFound("run"));
  }

  /**
   * A queued run is cancelled at once, a running one stops within seconds.
   *
   * @return what it is now
   */
  public RunStatus cancel(UUID project, UUID id, Actor actor) {
    return Objects.requireNonNull(
        transaction.execute(transactional -> cancelled(project, id, actor)));
  }

  private RunStatus cancelled(UUID project, UUID id, Actor actor) {
    JobRun before = history.find(project, id).orElseThrow(() -> ApiProblem.notFound("run"));
    RunStatus after =
        log.cancel(project, id, actor.caller().name())
            .orElseThrow(() -> ApiProblem.notFound("run"));
    audit.write(
        actor,
        new Change(
            project,
            "run.cancel",
            id.toString(),
            Map.of("status", before.status().wireName()),
            Map.of("status", after.wireName())));
    return after;
  }
}
