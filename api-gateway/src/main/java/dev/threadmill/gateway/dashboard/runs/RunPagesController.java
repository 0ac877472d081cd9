package dev.threadmill.gateway.dashboard.runs;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.dashboard.Addresses;
import dev.threadmill.gateway.dashboard.Htmx;
import dev.threadmill.gateway.dashboard.Section;
import dev.threadmill.gateway.jobs.PayloadCheck;
import dev.threadmill.gateway.jobs.RunsByHand;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.runs.RunView;
import dev.threadmill.gateway.runs.Runs;
import dev.threadmill.gateway.runs.RunsQuery;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The run log, and one run. */
@Controller
@RequestMapping(Addresses.OF_PROJECT)
class RunPagesController {
  private static final int OF_A_PAGE = 25;

  private final Runs runs;
  private final RunHistory history;
  private final RowCounts counts;
  private final RunsByHand byHand;
  private final PayloadCheck payloads;

  RunPagesController(
      Runs runs, RunHistory history, RowCounts counts, RunsByHand byHand, PayloadCheck payloads) {
    this.runs = runs;
    this.history = history;
    this.counts = counts;
    this.byHand = byHand;
    this.payloads = payloads;
  }

  /** The page, or its list, which follows what happens while it is the first one. */
  @GetMapping("/runs")
  String list(
      CallerProject project,
      @RequestParam(required = false) @Nullable String job,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String trigger,
      @RequestParam(required = false) @Nullable String cursor,
      Model model,
      HttpServletRequest request) {
    Map<String, String> filters = new LinkedHashMap<>();
    filters.put("job", chosen(job));
    filters.put("status", chosen(status));
    filters.put("trigger", chosen(trigger));
    var query =
        new RunsQuery(
            orNull(job),
            orNull(status),
            orNull(trigger),
            null,
            null,
            orNull(cursor),
            null,
            OF_A_PAGE);
    model.addAttribute("section", Section.RUNS);
    model.addAttribute("page", runs.list(project.id(), query));
    model.addAttribute("filters", filters);
    model.addAttribute("filtered", filters.values().stream().anyMatch(one -> !one.isEmpty()));
    model.addAttribute("first", orNull(cursor) == null);
    model.addAttribute("jobs", JobType.values());
    model.addAttribute("statuses", RunStatus.values());
    model.addAttribute("triggers", RunTrigger.values());
    return Htmx.asks(request) ? "dashboard/runs :: live" : "dashboard/runs";
  }

  @GetMapping("/runs/{id}")
  String one(
      CallerProject project, @PathVariable UUID id, Model model, HttpServletRequest request) {
    RunView run = runs.one(project.id(), id);
    var rows = counts.of(project.id());
    model.addAttribute("section", Section.RUNS);
    model.addAttribute("run", run);
    model.addAttribute("bar", ProgressBar.of(run, rows.pending() + rows.processing()));
    model.addAttribute("counters", Counter.of(run));
    model.addAttribute("lines", LogLine.of(run));
    return Htmx.asks(request) ? "dashboard/run :: live" : "dashboard/run";
  }

  @PostMapping("/runs/{id}/cancel")
  String cancel(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    runs.cancel(project.id(), id, Actor.of(project.caller(), request));
    return "redirect:" + address(project, id);
  }

  /** Starts the same once more, with the settings that this run had. */
  @PostMapping("/runs/{id}/again")
  String again(CallerProject project, @PathVariable UUID id, HttpServletRequest request) {
    JobRun run = history.find(project.id(), id).orElseThrow(() -> ApiProblem.notFound("run"));
    Map<String, Object> payload = Counter.plain(run.payload());
    payloads.check(run.jobType(), payload);
    RequestedRun started =
        byHand.start(
            project.id(), run.jobType(), payload, "run.start", Actor.of(project.caller(), request));
    return "redirect:" + address(project, started.runId());
  }

  @PostMapping("/jobs/{job}/start")
  String start(CallerProject project, @PathVariable String job, HttpServletRequest request) {
    JobType type = JobType.find(job).orElseThrow(() -> ApiProblem.notFound("job"));
    RequestedRun started =
        byHand.start(
            project.id(), type, Map.of(), "run.start", Actor.of(project.caller(), request));
    return "redirect:" + address(project, started.runId());
  }

  private static String address(CallerProject project, UUID run) {
    return Addresses.project(project.id()) + "/runs/" + run;
  }

  private static String chosen(@Nullable String value) {
    return value == null ? "" : value;
  }

  private static @Nullable String orNull(@Nullable String value) {
    return value == null || value.isBlank() ? null : value;
  }
}
