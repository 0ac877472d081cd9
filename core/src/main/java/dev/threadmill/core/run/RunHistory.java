package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reading {@code job_runs}. */
@Repository
public final class RunHistory {
  private static final String COLUMNS =
      """
      id, project_id, job_name, trigger, requested_by, status, payload, requested_at, due_at, started_at, finished_at,
      heartbeat_at, attempt, worker, processed_count, progress, result, error, error_class, cancel_requested_at, meta
      """;

  private final JdbcClient jdbc;

  public RunHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A project's run; empty for another project's, too. */
  public Optional<JobRun> find(UUID projectId, UUID runId) {
    return jdbc.sql("select " + COLUMNS + " from job_runs where id = :id and project_id = :project")
        .param("id", runId)
        .param("project", projectId)
        .query(RunHistory::row)
        .optional();
  }

  /** The latest run of each job of a project. */
  public List<JobRun> latestPerJob(UUID projectId) {
    return jdbc.sql(
            """
            select r.* from unnest(:jobs) as job (name)
            cross join lateral (
              select %s from job_runs
              where project_id = :project and job_name = job.name
              order by requested_at desc, id limit 1) r
            """
                .formatted(COLUMNS))
        .param(
            "jobs",
            java.util.Arrays.stream(JobType.values()).map(JobType::wireName).toArray(String[]::new))
        .param("project", projectId)
        .query(RunHistory::row)
        .list();
  }

  /** The newest runs of a project that pass the filter, at most {@code limit}. */
  public List<JobRun> newest(UUID projectId, RunFilter filter, int limit) {
    return jdbc.sql(
            """
            select %s from job_runs
            where project_id = :project
              and (:job::text is null or job_name = :job)
              and (:status::text is null or status = :status)
              and (:before::uuid is null or (requested_at, id) <
                   (select b.requested_at, b.id from job_runs b where b.id = :before::uuid and b.project_id = :project))
            order by requested_at desc, id desc limit :limit
            """
                .formatted(COLUMNS))
        .param("project", projectId)
        .param("job", filter.job() == null ? null : filter.job().wireName())
        .param("status", filter.status() == null ? null : filter.status().wireName())
        .param("before", filter.before())
        .param("limit", limit)
        .query(RunHistory::row)
        .list();
  }

  private static JobRun row(ResultSet row, int number) throws SQLException {
    return new JobRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        JobType.of(row.getString("job_name")),
        RunTrigger.of(row.getString("trigger")),
        row.getString("requested_by"),
        RunStatus.of(row.getString("status")),
        Columns.json(row, "payload"),
        Columns.requiredInstant(row, "requested_at"),
        Columns.requiredInstant(row, "due_at"),
        Columns.instant(row, "started_at"),
        Columns.instant(row, "finished_at"),
        Columns.instant(row, "heartbeat_at"),
        row.getInt("attempt"),
        row.getString("worker"),
        row.getLong("processed_count"),
        Columns.json(row, "progress"),
        Columns.json(row, "result"),
        row.getString("error"),
        row.getString("error_class"),
        Columns.instant(row, "cancel_requested_at"),
        Columns.json(row, "meta"));
  }
}
