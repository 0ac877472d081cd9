package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.schedule.Cadence;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleRows;
import dev.threadmill.core.schedule.ScheduleSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code scheduled_jobs}, but for claiming what is due. All times are the database's. */
@Repository
class ScheduledJobs {
  private final JdbcClient jdbc;

  ScheduledJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The database's time, and the schedules as they are. */
  record Locked(Instant now, Schedule schedule) {}

  /**
   * Locks schedules for the rest of the transaction, in the order of their ids, so that two of
   * these wait for each other instead of blocking for ever.
   */
  List<Locked> lock(Collection<Long> ids) {
    return jdbc.sql(
            """
            select %s, now() as now from scheduled_jobs s where s.id = any(:ids::bigint[])
            order by s.id
            for update
            """
                .formatted(ScheduleRows.COLUMNS))
        .param("ids", Columns.texts(ids))
        .query(
            (row, number) ->
                new Locked(
                    Columns.requiredInstant(row, "now"), schedule(ScheduleRows.row(row, number))))
        .list();
  }

  /** Writes what outcomes changed. */
  void save(List<Schedule> schedules) {
    jdbc.sql(
            """
            update scheduled_jobs s
            set next_run_at = n.next_run_at::timestamptz, next_jitter_ms = n.next_jitter_ms,
                last_run_at = n.last_run_at::timestamptz, last_status = n.last_status, last_error = n.last_error,
                last_error_class = n.last_error_class, consecutive_failures = n.failures,
                status = case when n.suspended is null then s.status else 'suspended' end,
                status_reason = coalesce(n.suspended, s.status_reason),
                status_changed_by = case when n.suspended is null then s.status_changed_by else 'scheduler' end,
                status_changed_at = case when n.suspended is null then s.status_changed_at else now() end,
                updated_at = now()
            from unnest(:ids::bigint[], :nexts::text[], :jitters::integer[], :lasts::text[], :statuses::text[],
              :errors::text[], :classes::text[], :failures::integer[], :suspended::text[])
              as n (id, next_run_at, next_jitter_ms, last_run_at, last_status, last_error, last_error_class, failures,
                suspended)
            where s.id = n.id
            """)
        .param("ids", Columns.texts(schedules.stream().map(Schedule::id).toList()))
        .param("nexts", Columns.texts(schedules.stream().map(each -> each.next().at()).toList()))
        .param(
            "jitters",
            Columns.texts(schedules.stream().map(each -> each.next().jitter().toMillis()).toList()))
        .param("lasts", ofLast(schedules, Schedule.Last::startedAt))
        .param("statuses", ofLast(schedules, Schedule.Last::status))
        .param("errors", ofLast(schedules, Schedule.Last::error))
        .param("classes", ofLast(schedules, Schedule.Last::errorClass))
        .param("failures", Columns.texts(schedules.stream().map(Schedule::failures).toList()))
        .param("suspended", Columns.textsOrNulls(schedules, Schedule::suspendedBecause))
        .update();
  }

  private static @Nullable String[] ofLast(
      List<Schedule> schedules, Function<Schedule.Last, @Nullable Object> part) {
    return Columns.textsOrNulls(
        schedules,
        schedule -> {
          Schedule.Last last = schedule.last();
          return last == null ? null : part.apply(last);
        });
  }

  /**
   * Locks suspended schedules whose cause seems to be mended: a run of the job that was asked for
   * after the start of the last one that failed went well, or a project's source, without which or
   * of which it failed, was bound or got another token, which is what its {@code updated_at} tells.
   */
  List<ScheduleRow> lockMended(int limit) {
    return jdbc.sql(
            """
            select %s from scheduled_jobs s
            where s.status = 'suspended' and (
              exists (
                select from job_runs r
                where r.project_id = s.project_id and r.job_name = s.job_type
                  and r.requested_at > coalesce(case when s.last_status = 'failed' then s.last_run_at end, s.status_changed_at)
                  and r.status in ('ok', 'partial'))
              or (s.last_error_class = 'no_source' or s.last_error_class like 'chatwoot\\_%%') and exists (
                select from project_sources p
                where p.project_id = s.project_id and p.removed_at is null
                  and p.updated_at > coalesce(s.last_run_at, s.status_changed_at)))
            order by s.id limit :limit
            for update of s skip locked
            """
                .formatted(ScheduleRows.COLUMNS))
        .param("limit", limit)
        .query(ScheduleRows::row)
        .list();
  }

  /**
   * Ends the row of failures of active schedules after a run that no due time joined, so that no
   * settlement tells of it: one that was asked for after the last one that they know of, and went
   * well. Looks at what finished lately, by an index; what it comes too late for, the next due time
   * mends.
   *
   * @return how many there were
   */
  int endFailures(Duration lately, int limit) {
    return jdbc.sql(
            """
            with mended as (
              select s.id
              from job_runs r join scheduled_jobs s on s.project_id = r.project_id and s.job_type = r.job_name
              where r.finished_at > now() - make_interval(secs => :lately) and r.status in ('ok', 'partial')
                and r.requested_at > s.last_run_at
                and s.status = 'active' and s.consecutive_failures > 0
              order by s.id limit :limit
              for update of s skip locked)
            update scheduled_jobs s set consecutive_failures = 0, updated_at = now()
            where s.id = any(array(select id from mended))
            """)
        .param("lately", lately.toSeconds())
        .param("limit", limit)
        .update();
  }

  /** Gives a mended schedule back to the ticks. */
  void resume(long id, ScheduleSettings.Due next) {
    jdbc.sql(
            """
            update scheduled_jobs
            set status = 'active', status_reason = null, status_changed_by = 'scheduler', status_changed_at = now(),
                consecutive_failures = 0, next_run_at = :next, next_jitter_ms = :jitter, updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("next", Columns.parameter(next.at()))
        .param("jitter", next.jitter().toMillis())
        .update();
  }

  private static Schedule schedule(ScheduleRow row) {
    String status = row.lastStatus();
    return new Schedule(
        row.id(),
        row.active(),
        cadence(row),
        new ScheduleSettings.Due(row.point(), row.nextJitter()),
        status == null
            ? null
            : new Schedule.Last(row.lastRunAt(), status, row.lastError(), row.lastErrorClass()),
        row.failures(),
        null);
  }

  private static @Nullable Cadence cadence(ScheduleRow row) {
    try {
      return row.settings().cadence();
    } catch (IllegalArgumentException unusable) {
      // The next tick that finds it due suspends it with the reason.
      return null;
    }
  }
}
