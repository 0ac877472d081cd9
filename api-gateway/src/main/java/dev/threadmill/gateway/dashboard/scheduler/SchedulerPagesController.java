package dev.threadmill.gateway.dashboard.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.scheduler.Explain;
import dev.threadmill.gateway.scheduler.ScheduleChanges;
import dev.threadmill.gateway.scheduler.SchedulePatch;
import dev.threadmill.gateway.scheduler.ScheduleView;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The schedules: what each did and will do, and what people do to them. */
@Controller
@RequestMapping(Addresses.OF_PROJECT + "/scheduler")
class SchedulerPagesController {
  private final Explain explain;
  private final ScheduleChanges changes;
  private final RunHistory history;

  SchedulerPagesController(Explain explain, ScheduleChanges changes, RunHistory history) {
    this.explain = explain;
    this.changes = changes;
    this.history = history;
  }

  /**
   * A schedule and its past day.
   *
   * @param timing when it is due, in words
   */
  record Row(ScheduleView schedule, DayLine day, String timing) {}

  @GetMapping
  String list(CallerProject project, Model model, HttpServletRequest request) {
    model.addAttribute("section", Section.SCHEDULER);
    model.addAttribute("rows", rows(project.id()));
    return Htmx.asks(request) ? "dashboard/scheduler :: live" : "dashboard/scheduler";
  }

  private List<Row> rows(UUID project) {
    Instant now = history.now();
    Map<JobType, DayLine> days =
        DayLine.of(history.slots(project, DayLine.begin(now), DayLine.SLOT), now);
    return explain.list(project).stream()
        .map(
            schedule ->
                new Row(
                    schedule, DayLine.orEmpty(days.get(schedule.jobType())), Timing.of(schedule)))
        .toList();
  }

  /** Why a job does not run, and when it will; and the forms that change that. */
  @GetMapping("/{job}")
  String one(
      CallerProject project, @PathVariable String job, Model model, HttpServletRequest request) {
    model.addAttribute("section", Section.SCHEDULER);
    var explanation = explain.explain(project.id(), job(job));
    model.addAttribute("explanation", explanation);
    model.addAttribute("schedule", explanation.schedule());
    model.addAttribute("timing", Timing.of(explanation.schedule()));
    return Htmx.asks(request) ? "dashboard/schedule :: why" : "dashboard/schedule";
  }

  @PostMapping("/{job}/run")
  String run(CallerProject project, @PathVariable String job, HttpServletRequest request) {
    RequestedRun run =
        changes.runNow(project.id(), job(job), Map.of(), Actor.of(project.caller(), request));
    return "redirect:" + Addresses.project(project.id()) + "/runs/" + run.runId();
  }

  @PostMapping("/{job}/pause")
  String pause(
      CallerProject project,
      @PathVariable String job,
      @RequestParam(defaultValue = "") String reason,
      Model model,
      HttpServletRequest request) {
    String why = reason.strip();
    return change(project, job, SchedulePatch.pausing(why.isEmpty() ? null : why), model, request);
  }

  @PostMapping("/{job}/resume")
  String resume(
      CallerProject project, @PathVariable String job, Model model, HttpServletRequest request) {
    return change(project, job, SchedulePatch.resuming(), model, request);
  }

  @PostMapping("/{job}/timing")
  String timing(
      CallerProject project,
      @PathVariable String job,
      @RequestParam(defaultValue = "") String minutes,
      @RequestParam(defaultValue = "") String cron,
      @RequestParam(defaultValue = "") String zone,
      Model model,
      HttpServletRequest request) {
    return change(project, job, Timing.patch(minutes, cron, zone), model, request);
  }

  private String change(
      CallerProject project,
      String name,
      SchedulePatch patch,
      Model model,
      HttpServletRequest request) {
    JobType job = job(name);
    patch.check();
    changes.change(project.id(), job, patch, Actor.of(project.caller(), request));
    if (Htmx.asks(request)) {
      return list(project, model, request);
    }
    return "redirect:" + Addresses.project(project.id()) + "/scheduler/" + job.wireName();
  }

  private static JobType job(String name) {
    return JobType.find(name).orElseThrow(() -> ApiProblem.notFound("job"));
  }
}
