package dev.threadmill.scheduler.tick;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.scheduler.schedule.Cadence;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code scheduled_jobs}, seen by a tick. All times are the database's. */
@Repository
class DueSchedules {
  private final JdbcClient jdbc;

  DueSchedules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Locks due schedules, the longest due first, passing over those that another tick holds.
   *
   * @param projectId only this project's; null for all
   */
  List<DueSchedule> lock(@Nullable UUID projectId, int limit) {
    return jdbc.sql(
            """
            select s.id, s.project_id, s.job_type, s.cadence_seconds, s.cron, s.time_zone, s.next_run_at, now() as now,
              (select p.archived_at is not null from projects p where p.id = s.project_id) as archived
            from scheduled_jobs s
            where s.status = 'active' and s.next_run_at <= now()
            %s
            order by s.next_run_at, s.id
            limit :limit
            for update of s skip locked
            """
                .formatted(projectId == null ? "" : "and s.project_id = :project"))
        .param("project", projectId)
        .param("limit", limit)
        .query(DueSchedules::row)
        .list();
  }

  /** Moves the schedules on to the next point of their grid. */
  void moveOn(List<DueSchedule> schedules) {
    jdbc.sql(
            """
            update scheduled_jobs s set next_run_at = n.next_run_at::timestamptz, updated_at = now()
            from unnest(:ids::bigint[], :nexts::text[]) as n (id, next_run_at)
            where s.id = n.id
            """)
        .param("ids", Columns.texts(schedules.stream().map(DueSchedule::id).toList()))
        .param("nexts", Columns.texts(schedules.stream().map(DueSchedule::next).toList()))
        .update();
  }

  /** Suspends a schedule that can't go on until somebody changes it. */
  void suspend(long id, String why) {
    jdbc.sql(
            """
            update scheduled_jobs
            set status = 'suspended', status_reason = :why, status_changed_by = 'scheduler',
                status_changed_at = now(), updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("why", why)
        .update();
  }

  private static DueSchedule row(ResultSet row, int number) throws SQLException {
    var due =
        new DueTime(
            row.getLong("id"),
            Columns.uuid(row, "project_id"),
            JobType.of(row.getString("job_type")),
            Columns.requiredInstant(row, "next_run_at"));
    boolean archived = row.getBoolean("archived");
    try {
      Instant next =
          Cadence.of(
                  row.getObject("cadence_seconds", Integer.class),
                  row.getString("cron"),
                  row.getString("time_zone"))
              .next(due.at(), Columns.requiredInstant(row, "now"))
              .orElseThrow(() -> new IllegalArgumentException("there is no next time"));
      return new DueSchedule(due, next, null, archived);
    } catch (IllegalArgumentException unusable) {
      String why = unusable.getMessage() + "; change the schedule and resume it";
      return new DueSchedule(due, null, why, archived);
    }
  }
}
