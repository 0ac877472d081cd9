package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.run.RunLog;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.schedule.Cadence;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.jobs.PayloadCheck;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to schedules; each change and its note in the audit log are one transaction. */
@Component
class ScheduleChanges {
  private final Schedules schedules;
  private final RunLog runLog;
  private final RunRequests requests;
  private final PayloadCheck payloads;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ScheduleChanges(
      Schedules schedules,
      RunLog runLog,
      RunRequests requests,
      PayloadCheck payloads,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.schedules = schedules;
    this.runLog = runLog;
    this.requests = requests;
    this.payloads = payloads;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Takes effect at once: the next tick goes by it. */
  void change(UUID project, JobType job, SchedulePatch patch, Actor actor) {
    transaction.executeWithoutResult(
        status -> {
          ScheduleRow before = schedules.lock(project, job).orElseThrow(() -> none(job));
          if (patch.changesSettings() || resumes(patch, before)) {
            settings(before, patch);
          }
          if ("paused".equals(patch.status())) {
            schedules.pause(before.id(), patch.reason(), actor.caller().name());
          } else if (resumes(patch, before)) {
            schedules.resume(before.id(), actor.caller().name());
          }
          ScheduleRow after = schedules.find(project, job).orElseThrow();
          audit.write(
              actor,
              new Change(
                  project, "schedule.change", job.wireName(), fields(before), fields(after)));
        });
  }

  private static boolean resumes(SchedulePatch patch, ScheduleRow before) {
    return "active".equals(patch.status()) && !before.active();
  }

  private void settings(ScheduleRow before, SchedulePatch patch) {
    ScheduleSettings settings = patch.applyTo(before.settings());
    if (patch.payload() != null) {
      payloads.check(before.jobType(), settings.payload());
    }
    try {
      schedules.change(before.id(), settings, next(before, patch, settings));
    } catch (IllegalArgumentException unusable) {
      throw ApiProblem.invalid(SchedulePatch.sentence(unusable));
    }
  }

  /**
   * A new grid begins now. An old one is kept; who resumes a job waits for its next point, for what
   * was paused was not missed.
   */
  private ScheduleSettings.Due next(
      ScheduleRow before, SchedulePatch patch, ScheduleSettings settings) {
    Cadence cadence = settings.cadence();
    if (!patch.changesGrid() && before.active()) {
      return patch.jitterSeconds() == null
          ? new ScheduleSettings.Due(before.point(), before.nextJitter())
          : settings.due(before.point());
    }
    Instant now = schedules.now();
    return cadence
        .next(patch.changesGrid() ? now : before.point(), now)
        .map(settings::due)
        .orElseThrow(
            () -> new IllegalArgumentException("by this schedule the job would never run"));
  }

  /**
   * Queues a run now, whatever the schedule's status, or answers with the active one. The grid
   * stays.
   *
   * @param payload settings for this run, over those of the schedule
   */
  RequestedRun runNow(UUID project, JobType job, Map<String, Object> payload, Actor actor) {
    payloads.check(job, payload);
    RequestedRun run =
        Objects.requireNonNull(
            transaction.execute(
                status -> {
                  ScheduleRow row = schedules.find(project, job).orElseThrow(() -> none(job));
                  Map<String, Object> all = new HashMap<>(row.settings().payload());
                  all.putAll(payload);
                  RequestedRun requested =
                      runLog.request(
                          new RunRequest(
                              project, job, RunTrigger.MANUAL, actor.caller().name(), all));
                  audit.write(
                      actor,
                      new Change(
                          project,
                          "schedule.run",
                          job.wireName(),
                          null,
                          Map.of("run_id", requested.runId(), "payload", all)));
                  return requested;
                }));
    if (run.created()) {
      requests.announce(List.of(new QueuedRun(run.runId(), project, job, run.attempt())));
    }
    return run;
  }

  static ApiProblem none(JobType job) {
    return new ApiProblem(
        org.springframework.http.HttpStatus.NOT_FOUND,
        "not_found",
        "There is no schedule of " + job.wireName() + " in this project.");
  }

  private static Map<String, Object> fields(ScheduleRow row) {
    ScheduleView view = ScheduleView.of(row, row.statusReason());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("status", view.status());
    fields.put("reason", view.why());
    fields.put("cadence_seconds", view.cadenceSeconds());
    fields.put("cron", view.cron());
    fields.put("time_zone", view.timeZone());
    fields.put("jitter_seconds", view.jitterSeconds());
    fields.put("window", view.window());
    fields.put("catch_up", view.catchUp());
    fields.put("catch_up_cap", view.catchUpCap());
    fields.put("overlap", view.overlap());
    fields.put("run_on_change", view.runOnChange());
    fields.put("payload", view.payload());
    fields.put("next_run_at", row.nextRunAt());
    return fields;
  }
}
