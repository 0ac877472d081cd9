package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.runs.StartedRuns;
import dev.threadmill.gateway.runs.StartsRun;
import dev.threadmill.gateway.runs.Waiting;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.EvenArchived;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One schedule: change, pause and resume it, run its job now, and ask why it does not run. */
@RestController
@RequestMapping("/jobs/scheduler/{jobType}")
class ScheduleController {
  private final ScheduleChanges changes;
  private final Explain explain;
  private final StartedRuns started;

  ScheduleController(ScheduleChanges changes, Explain explain, StartedRuns started) {
    this.changes = changes;
    this.explain = explain;
    this.started = started;
  }

  @PatchMapping
  ScheduleView change(
      CallerProject project,
      @PathVariable String jobType,
      @RequestBody SchedulePatch patch,
      HttpServletRequest request) {
    JobType job = job(jobType);
    patch.check();
    changes.change(project.id(), job, patch, Actor.of(project.caller(), request));
    return explain.one(project.id(), job);
  }

  /** Also when it is paused or suspended; the grid stays. */
  @StartsRun
  @PostMapping("/run")
  ResponseEntity<?> run(
      CallerProject project,
      @PathVariable String jobType,
      @RequestParam(defaultValue = "0") int wait,
      @RequestBody(required = false) @Nullable Map<String, Object> settings,
      HttpServletRequest request) {
    Duration limit = Waiting.limit(wait);
    RequestedRun run =
        changes.runNow(
            project.id(),
            job(jobType),
            Objects.requireNonNullElse(settings, Map.of()),
            Actor.of(project.caller(), request));
    return started.answer(project.id(), run, limit);
  }

  /** Of an archived project, too: that it is archived is the answer. */
  @GetMapping("/explain")
  Explanation explain(@EvenArchived CallerProject project, @PathVariable String jobType) {
    return explain.explain(project.id(), job(jobType));
  }

  private static JobType job(String name) {
    return JobType.find(name)
        .orElseThrow(() -> new ApiProblem(ProblemCode.NOT_FOUND, "There is no job of this name."));
  }
}
