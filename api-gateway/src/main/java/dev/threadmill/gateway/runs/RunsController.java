package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.RunFilter;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The run log. */
@RestController
@RequestMapping("/jobs/runs")
class RunsController {
  private static final int MAX_LIMIT = 200;

  private final RunHistory history;
  private final RunLog log;
  private final RunEvents events;

  RunsController(RunHistory history, RunLog log, RunEvents events) {
    this.history = history;
    this.log = log;
    this.events = events;
  }

  record Runs(List<RunView> items) {}

  record Cancelled(UUID runId, RunStatus status) {}

  /** The newest runs first; with {@code before}, those that were requested before that run. */
  @GetMapping
  Runs list(
      CallerProject project,
      @RequestParam(required = false) @Nullable String job,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable UUID before,
      @RequestParam(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MAX_LIMIT + ".");
    }
    var filter =
        new RunFilter(
            job == null ? null : jobType(job), status == null ? null : runStatus(status), before);
    return new Runs(history.newest(project.id(), filter, limit).stream().map(RunView::of).toList());
  }

  @GetMapping("/{id}")
  RunView one(CallerProject project, @PathVariable UUID id) {
    return history
        .find(project.id(), id)
        .map(RunView::of)
        .orElseThrow(() -> ApiProblem.notFound("run"));
  }

  @PostMapping("/{id}/cancel")
  Cancelled cancel(CallerProject project, @PathVariable UUID id) {
    return log.cancel(project.id(), id, project.caller().name())
        .map(status -> new Cancelled(id, status))
        .orElseThrow(() -> ApiProblem.notFound("run"));
  }

  /** Server-sent events: {@code run} whenever the run changed, until it is finished. */
  @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter follow(CallerProject project, @PathVariable UUID id) {
    if (history.find(project.id(), id).isEmpty()) {
      throw ApiProblem.notFound("run");
    }
    return events.follow(project.id(), id);
  }

  private static JobType jobType(String name) {
    return JobType.find(name)
        .orElseThrow(() -> ApiProblem.invalid("There is no job '" + shortened(name) + "'."));
  }

  private static RunStatus runStatus(String name) {
    try {
      return RunStatus.of(name);
    } catch (IllegalArgumentException unknown) {
      throw ApiProblem.invalid("There is no status '" + shortened(name) + "'.");
    }
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
