package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code scheduled_jobs}, which the scheduler writes. */
@Repository
class Schedules {
  private final JdbcClient jdbc;

  Schedules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<ScheduleView> ofProject(UUID projectId) {
    return jdbc.sql(
            """
            select s.job_type, s.status, s.cadence_seconds, s.cron, s.time_zone, s.next_run_at, s.last_run_at,
                   s.last_status, s.last_error, s.consecutive_failures,
                   case when s.status <> 'active'
                        then s.status || coalesce(' by ' || s.status_changed_by, '') || coalesce(': ' || s.status_reason, '')
                        when r.id is not null then 'a run is ' || r.status || ': ' || r.id
                        when s.consecutive_failures > 0 then 'waits longer after ' || s.consecutive_failures || ' failures in a row'
                   end as why
            from scheduled_jobs s
            left join job_runs r on r.project_id = s.project_id and r.job_name = s.job_type
                                and r.status in ('queued', 'running')
            where s.project_id = :project
            order by s.id
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new ScheduleView(
                    JobType.of(row.getString("job_type")),
                    row.getString("status"),
                    row.getObject("cadence_seconds", Integer.class),
                    row.getString("cron"),
                    row.getString("time_zone"),
                    Columns.requiredInstant(row, "next_run_at"),
                    Columns.instant(row, "last_run_at"),
                    row.getString("last_status"),
                    row.getString("last_error"),
                    row.getInt("consecutive_failures"),
                    row.getString("why")))
        .list();
  }
}
