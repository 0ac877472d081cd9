package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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

  /**
   * Gives the projects that were created within the given time their missing schedules, due at
   * once.
   *
   * @return how many were created
   */
  int seed(List<JobType> types, Duration createdWithin) {
    return jdbc.sql(
            """
            insert into scheduled_jobs (project_id, job_type, cadence_seconds, time_zone)
            select p.id, d.job_type, d.seconds, p.time_zone
            from projects p cross join unnest(:types::text[], :seconds::integer[]) as d (job_type, seconds)
            where p.archived_at is null and p.created_at > now() - make_interval(secs => :within)
              and not exists (
                select from scheduled_jobs s where s.project_id = p.id and s.job_type = d.job_type)
            on conflict (project_id, job_type) do nothing
            """)
        .param("types", Columns.texts(types.stream().map(JobType::wireName).toList()))
        .param(
            "seconds",
            Columns.texts(types.stream().map(type -> type.defaultCadence().toSeconds()).toList()))
        .param("within", createdWithin.toSeconds())
        .update();
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
            select id, status = 'active' as active, cadence_seconds, cron, time_zone, next_run_at,
              last_run_at, last_status, last_error, consecutive_failures, now() as now
            from scheduled_jobs where id = any(:ids::bigint[])
            order by id
            for update
            """)
        .param("ids", Columns.texts(ids))
        .query(ScheduledJobs::locked)
        .list();
  }

  /** Writes what outcomes changed. */
  void save(List<Schedule> schedules) {
    jdbc.sql(
            """
            update scheduled_jobs s
            set next_run_at = n.next_run_at::timestamptz, last_run_at = n.last_run_at::timestamptz,
                last_status = n.last_status, last_error = n.last_error,
                consecutive_failures = n.failures,
                status = case when n.suspended is null then s.status else 'suspended' end,
                status_reason = coalesce(n.suspended, s.status_reason),
                status_changed_by = case when n.suspended is null then s.status_changed_by else 'scheduler' end,
                status_changed_at = case when n.suspended is null then s.status_changed_at else now() end,
                updated_at = now()
            from unnest(:ids::bigint[], :nexts::text[], :lasts::text[], :statuses::text[], :errors::text[],
              :failures::integer[], :suspended::text[])
              as n (id, next_run_at, last_run_at, last_status, last_error, failures, suspended)
            where s.id = n.id
            """)
        .param("ids", Columns.texts(schedules.stream().map(Schedule::id).toList()))
        .param("nexts", Columns.texts(schedules.stream().map(Schedule::nextRunAt).toList()))
        .param("lasts", texts(schedules.stream().map(Schedule::lastRunAt).toArray()))
        .param("statuses", texts(schedules.stream().map(Schedule::lastStatus).toArray()))
        .param("errors", texts(schedules.stream().map(Schedule::lastError).toArray()))
        .param("failures", Columns.texts(schedules.stream().map(Schedule::failures).toList()))
        .param("suspended", texts(schedules.stream().map(Schedule::suspendedBecause).toArray()))
        .update();
  }

  private static @Nullable String[] texts(@Nullable Object[] values) {
    var texts = new @Nullable String[values.length];
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      texts[i] = value == null ? null : value.toString();
    }
    return texts;
  }

  private static Locked locked(ResultSet row, int number) throws SQLException {
    return new Locked(
        Columns.requiredInstant(row, "now"),
        new Schedule(
            row.getLong("id"),
            row.getBoolean("active"),
            cadence(row),
            Columns.requiredInstant(row, "next_run_at"),
            Columns.instant(row, "last_run_at"),
            row.getString("last_status"),
            row.getString("last_error"),
            row.getInt("consecutive_failures"),
            null));
  }

  private static @Nullable Cadence cadence(ResultSet row) throws SQLException {
    try {
      return Cadence.of(
          row.getObject("cadence_seconds", Integer.class),
          row.getString("cron"),
          row.getString("time_zone"));
    } catch (IllegalArgumentException unusable) {
      // The next tick that finds it due suspends it with the reason.
      return null;
    }
  }
}
