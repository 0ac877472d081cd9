package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.jobs.PayloadCheck;
import dev.threadmill.gateway.jobs.RunsByHand;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** What people do to schedules; each change and its note in the audit log are one transaction. */
@Component
public class ScheduleChanges {
  private final Schedules schedules;
  private final RunsByHand runs;
  private final PayloadCheck payloads;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ScheduleChanges(
      Schedules schedules,
      RunsByHand runs,
      PayloadCheck payloads,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.schedules = schedules;
    this.runs = runs;
    this.payloads = payloads;
    this.audit = audit;
    this.transaction = transaction;
  }

  /** Takes effect at once: the next tick goes by it. */
  public void change(UUID project, JobType job, SchedulePatch patch, Actor actor) {
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
    if (patch.payload() != null) {
      // First, for it may hold a null, which no settings can.
      payloads.check(before.jobType(), patch.payload());
    }
    ScheduleSettings settings = patch.applyTo(before.settings());
    try {
      schedules.change(before.id(), settings, next(before, patch, settings));
    } catch (IllegalArgumentException unusable) {
      throw ApiProblem.invalid(SchedulePatch.sentence(unusable));
    }
  }

  /**
   * A new grid begins now. An old one is kept, and so is a point that is due; but who resumes a job
   * waits for its next point, for what was paused was not missed.
   */
  private ScheduleSettings.Due next(
      ScheduleRow before, SchedulePatch patch, ScheduleSettings settings) {
    Instant now = schedules.now();
    Instant point = settings.hasGridOf(before.settings()) ? before.point() : now;
    boolean mayBeDue = before.active() && point.isBefore(now);
    Instant next =
        settings
            .cadence()
            .next(point, mayBeDue ? point.minusNanos(1) : now)
            .orElseThrow(
                () -> new IllegalArgumentException("by this schedule the job would never run"));
    boolean keepsJitter = patch.jitterSeconds() == null && patch.window() == null;
    return next.equals(before.point()) && keepsJitter
        ? new ScheduleSettings.Due(next, before.nextJitter())
        : settings.due(next);
  }

  /**
   * Queues a run now, whatever the schedule's status, or answers with the active one. The grid
   * stays.
   *
   * @param payload settings for this run, over those of the schedule
   */
  public RequestedRun runNow(UUID project, JobType job, Map<String, Object> payload, Actor actor) {
    payloads.check(job, payload);
    ScheduleRow row = schedules.find(project, job).orElseThrow(() -> none(job));
    Map<String, Object> all = new HashMap<>(row.settings().payload());
    all.putAll(payload);
    return runs.start(project, job, all, "schedule.run", actor);
  }

  static ApiProblem none(JobType job) {
    return new ApiProblem(
        ProblemCode.NOT_FOUND, "There is no schedule of " + job.wireName() + " in this project.");
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
