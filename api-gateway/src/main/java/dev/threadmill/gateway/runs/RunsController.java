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
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The run log. */
@RestController
@RequestMapping("/jobs/runs")
class RunsController {
  private final RunHistory history;
  private final RunLog log;
  private final AuditLog audit;
  private final TransactionTemplate transaction;
  private final TraceLinks traces;

  RunsController(
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

  record Cancelled(UUID runId, RunStatus status) {}

  /** The newest runs first, in pages. */
  @GetMapping
  RunsPage list(CallerProject project, @ModelAttribute RunsQuery query) {
    int limit = query.checkedLimit();
    var filter =
        new RunFilter(
            query.jobType(),
            query.runStatus(),
            query.runTrigger(),
            query.fromTime(),
            query.toTime(),
            place(project.id(), query));
    List<JobRun> runs = history.newest(project.id(), filter, limit);
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
  @GetMapping("/{id}")
  RunView one(CallerProject project, @PathVariable UUID id) {
    return history
        .find(project.id(), id)
        .map(run -> RunView.of(run, history.lines(project.id(), id), traces.of(run)))
        .orElseThrow(() -> ApiProblem.notFound("run"));
  }

  /** A queued run is cancelled at once, a running one stops within seconds. */
  @PostMapping("/{id}/cancel")
  Cancelled cancel(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    Actor actor = Actor.of(project.caller(), request);
    return Objects.requireNonNull(
        transaction.execute(transactional -> cancel(project.id(), id, actor)));
  }

  private Cancelled cancel(UUID project, UUID id, Actor actor) {
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
    return new Cancelled(id, after);
  }
}
