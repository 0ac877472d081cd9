package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
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
  private final Runs runs;

  RunsController(Runs runs) {
    this.runs = runs;
  }

  record Cancelled(UUID runId, RunStatus status) {}

  /** The newest runs first, in pages. */
  @GetMapping
  RunsPage list(CallerProject project, @ModelAttribute RunsQuery query) {
    return runs.list(project.id(), query);
  }

  /** With its last lines, and a link to its trace. */
  @GetMapping("/{id}")
  RunView one(CallerProject project, @PathVariable UUID id) {
    return runs.one(project.id(), id);
  }

  /** A queued run is cancelled at once, a running one stops within seconds. */
  @PostMapping("/{id}/cancel")
  Cancelled cancel(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    Actor actor = Actor.of(project.caller(), request);
    return new Cancelled(id, runs.cancel(project.id(), id, actor));
  }
}
