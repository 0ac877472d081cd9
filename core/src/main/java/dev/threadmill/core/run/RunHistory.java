package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reading {@code job_runs}. */
@Repository
public final class RunHistory {
  private static final String COLUMNS =
      """
      id, project_id, job_name, trigger, requested_by, status, payload, requested_at, due_at, started_at, finished_at,
      heartbeat_at, attempt, worker, processed_count, progress, result, error, error_class, cancel_requested_at, held_by,
      meta, traceparent
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
    RunFilter.Position before = filter.before();
    return jdbc.sql(
            """
            select %s from job_runs
            where project_id = :project
              and (:job::text is null or job_name = :job)
              and (:status::text is null or status = :status)
              and (:trigger::text is null or trigger = :trigger)
              and (:from::timestamptz is null or requested_at >= :from)
              and (:to::timestamptz is null or requested_at < :to)
              and (:before_at::timestamptz is null or (requested_at, id) < (:before_at, :before_id::uuid))
            order by requested_at desc, id desc limit :limit
            """
                .formatted(COLUMNS))
        .param("project", projectId)
        .param("job", filter.job() == null ? null : filter.job().wireName())
        .param("status", filter.status() == null ? null : filter.status().wireName())
        .param("trigger", filter.trigger() == null ? null : filter.trigger().wireName())
        .param("from", Columns.parameter(filter.from()), Types.TIMESTAMP_WITH_TIMEZONE)
        .param("to", Columns.parameter(filter.to()), Types.TIMESTAMP_WITH_TIMEZONE)
        .param(
            "before_at",
            Columns.parameter(before == null ? null : before.requestedAt()),
            Types.TIMESTAMP_WITH_TIMEZONE)
        .param("before_id", before == null ? null : before.runId())
        .param("limit", limit)
        .query(RunHistory::row)
        .list();
  }

  /** The place of a run in the lists; empty when the project has no such run. */
  public Optional<RunFilter.Position> position(UUID projectId, UUID runId) {
    return find(projectId, runId).map(run -> new RunFilter.Position(run.requestedAt(), run.id()));
  }

  /** The last lines of a run, oldest first: {@code at}, {@code level}, {@code message}. */
  public JsonNode lines(UUID projectId, UUID runId) {
    return jdbc.sql("select log from job_runs where id = :id and project_id = :project")
        .param("id", runId)
        .param("project", projectId)
        .query((row, number) -> Columns.json(row, "log"))
        .optional()
        .orElseGet(JsonNodeFactory.instance::arrayNode);
  }

  /**
   * What was asked for in a stretch of time.
   *
   * @param slot the stretch, in multiples of its length since the epoch
   * @param active those that are queued or running now
   */
  public record Slot(JobType job, long slot, int runs, int failed, int partial, int active) {}

  /** The runs of a project since a time, counted by job and stretches of this length. */
  public List<Slot> slots(UUID projectId, Instant since, Duration length) {
    return jdbc.sql(
            """
            select job_name, floor(extract(epoch from requested_at) / :length)::bigint as slot, count(*)::integer as runs,
              (count(*) filter (where status = 'failed'))::integer as failed,
              (count(*) filter (where status in ('partial', 'cancelled')))::integer as partial,
              (count(*) filter (where status in ('queued', 'running')))::integer as active
            from job_runs where project_id = :project and requested_at >= :since
            group by 1, 2 order by 1, 2
            """)
        .param("project", projectId)
        .param("since", Columns.parameter(since))
        .param("length", length.toSeconds())
        .query(
            (row, number) ->
                new Slot(
                    JobType.of(row.getString("job_name")),
                    row.getLong("slot"),
                    row.getInt("runs"),
                    row.getInt("failed"),
                    row.getInt("partial"),
                    row.getInt("active")))
        .list();
  }

  /** The database's time. */
  public Instant now() {
    return jdbc.sql("select clock_timestamp() as now")
        .query((row, number) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /** The database's time, and the runs that were asked for. */
  public record Seen(Instant at, List<JobRun> runs) {}

  /**
   * The queued and running runs of a project, and those that finished after a time, in the order in
   * which they finished.
   */
  public Seen live(UUID projectId, Instant finishedAfter, int limit) {
    Instant now = now();
    List<JobRun> runs =
        jdbc.sql(
                """
                (select %1$s from job_runs
                 where project_id = :project and finished_at > :after
                 order by finished_at limit :limit)
                union all
                select %1$s from job_runs where project_id = :project and status in ('queued', 'running')
                """
                    .formatted(COLUMNS))
            .param("project", projectId)
            .param("after", Columns.parameter(finishedAfter))
            .param("limit", limit)
            .query(RunHistory::row)
            .list();
    return new Seen(now, runs);
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
        row.getString("held_by"),
        Columns.json(row, "meta"),
        row.getString("traceparent"));
  }
}
