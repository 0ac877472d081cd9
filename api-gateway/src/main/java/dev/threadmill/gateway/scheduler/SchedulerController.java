package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.tick.Tick;
import dev.threadmill.core.tick.TickLog;
import dev.threadmill.core.tick.TickOutcome;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import dev.threadmill.gateway.runs.Waiting;
import dev.threadmill.gateway.security.Caller;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.security.CallerProjectResolver;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;

/** Schedules, and ticks by hand. */
@RestController
@RequestMapping("/jobs/scheduler")
class SchedulerController {
  static final int MAX_DUE = 10_000;
  private static final int DEFAULT_DUE = 500;

  private final Explain explain;
  private final ManualTicks ticks;
  private final TickLog log;
  private final CallerProjectResolver projects;
  private final KafkaConnection kafka;
  private final Waiting waiting;

  SchedulerController(
      Explain explain,
      ManualTicks ticks,
      TickLog log,
      CallerProjectResolver projects,
      KafkaConnection kafka,
      Waiting waiting) {
    this.waiting = waiting;
    this.explain = explain;
    this.kafka = kafka;
    this.ticks = ticks;
    this.log = log;
    this.projects = projects;
  }

  record Listed(List<ScheduleView> items) {}

  /**
   * @param limit how many due schedules to claim at the most, 1 to 10,000; 500 by default
   */
  record TickWish(
      @Schema(minimum = "1", maximum = "" + SchedulerController.MAX_DUE) @Nullable Integer limit) {}

  /**
   * @param note what keeps the tick from being worked at once; null when nothing does
   */
  record TickAccepted(UUID tickId, @Nullable String note) {}

  /**
   * What a tick did.
   *
   * @param claimed whether the scheduler has claimed what was due; until then there are no details
   * @param finished whether all of its runs are finished
   * @param processed due times in all
   * @param ok those whose run is finished and did not fail
   */
  record TickResult(
      UUID tickId,
      boolean claimed,
      boolean finished,
      int processed,
      int ok,
      int failed,
      int skipped,
      List<TickOutcome.Started> details) {
    static TickResult of(UUID tickId, TickOutcome outcome) {
      int all = outcome.runs().size();
      int skipped = (int) outcome.runs().stream().filter(TickOutcome.Started::skipped).count();
      int ok = count(outcome, RunStatus.OK) + count(outcome, RunStatus.PARTIAL);
      int failed = count(outcome, RunStatus.FAILED) + count(outcome, RunStatus.CANCELLED);
      return new TickResult(
          tickId, outcome.claimed(), outcome.finished(), all, ok, failed, skipped, outcome.runs());
    }

    private static int count(TickOutcome outcome, RunStatus status) {
      return (int)
          outcome.runs().stream().filter(run -> !run.skipped() && run.status() == status).count();
    }
  }

  @GetMapping
  Listed list(CallerProject project) {
    return new Listed(explain.list(project.id()));
  }

  /**
   * Claims what is due now: of the caller's project, or of all with an admin token that names none.
   */
  @ApiResponse(
      responseCode = "200",
      description = "What the tick did; all of its runs finished in the time that was waited.",
      content = @Content(schema = @Schema(implementation = TickResult.class)))
  @ApiResponse(
      responseCode = "202",
      description = "The tick is under way.",
      content = @Content(schema = @Schema(implementation = TickAccepted.class)))
  @PostMapping("/tick")
  ResponseEntity<?> tick(
      NativeWebRequest request,
      HttpServletRequest http,
      @RequestParam(defaultValue = "0") int wait,
      @RequestBody(required = false) @Nullable TickWish wish) {
    Duration limit = Waiting.limit(wait);
    int maxDue = wish == null || wish.limit() == null ? DEFAULT_DUE : wish.limit();
    if (maxDue < 1 || maxDue > MAX_DUE) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MAX_DUE + ".");
    }
    Actor actor = Actor.of(CallerProjectResolver.caller(), http);
    Tick tick = ticks.ask(project(request), maxDue, actor);
    return waiting
        .upTo(limit, () -> log.outcome(tick.id()).filter(TickOutcome::finished))
        .<ResponseEntity<?>>map(outcome -> ResponseEntity.ok(TickResult.of(tick.id(), outcome)))
        .orElseGet(
            () ->
                ResponseEntity.accepted()
                    .location(URI.create("/jobs/scheduler/ticks/" + tick.id()))
                    .body(new TickAccepted(tick.id(), note())));
  }

  /** What became of a tick; ticks are kept for a while. */
  @GetMapping("/ticks/{id}")
  TickResult tick(NativeWebRequest request, @PathVariable UUID id) {
    UUID project = project(request);
    return log.find(id)
        .filter(tick -> project == null || project.equals(tick.projectId()))
        .flatMap(tick -> log.outcome(id))
        .map(outcome -> TickResult.of(id, outcome))
        .orElseThrow(() -> ApiProblem.notFound("tick"));
  }

  private @Nullable String note() {
    return kafka.isUp()
        ? null
        : "Kafka is away: what is due is claimed and queued within seconds, and starts when Kafka is back.";
  }

  private @Nullable UUID project(NativeWebRequest request) {
    Caller caller = CallerProjectResolver.caller();
    UUID project = projects.existing(request, caller).orElse(null);
    if (project == null && caller.scope() != dev.threadmill.gateway.security.Scope.ADMIN) {
      throw new ApiProblem(
          ProblemCode.PROJECT_REQUIRED,
          "Only an admin token may do this for all projects; name one in the header X-Project-Id.");
    }
    return project;
  }
}
