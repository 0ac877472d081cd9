package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What may keep a job from running, read from the tables of all services. */
@Repository
class SchedulerFacts {
  private final JdbcClient jdbc;

  SchedulerFacts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A run that is queued or running.
   *
   * @param since when it was asked for
   * @param heldBy the limit that keeps it waiting
   */
  record ActiveRun(
      UUID id,
      RunStatus status,
      String requestedBy,
      Instant since,
      Instant dueAt,
      int attempt,
      @Nullable String error,
      @Nullable String heldBy) {}

  Map<JobType, ActiveRun> activeRuns(UUID projectId) {
    Map<JobType, ActiveRun> runs = new EnumMap<>(JobType.class);
    jdbc.sql(
            """
            select id, job_name, status, requested_by, requested_at, due_at, attempt, error, held_by from job_runs
            where project_id = :project and status in ('queued', 'running')
            """)
        .param("project", projectId)
        .query(
            row -> {
              runs.put(
                  JobType.of(row.getString("job_name")),
                  new ActiveRun(
                      Columns.uuid(row, "id"),
                      RunStatus.of(row.getString("status")),
                      row.getString("requested_by"),
                      Columns.requiredInstant(row, "requested_at"),
                      Columns.requiredInstant(row, "due_at"),
                      row.getInt("attempt"),
                      row.getString("error"),
                      row.getString("held_by")));
            });
    return runs;
  }

  /**
   * How a run ended.
   *
   * @param heldBy a word for what kept it from doing all of its work
   * @param heldBecause the sentence to it
   */
  record Ended(
      Instant at,
      @Nullable String error,
      @Nullable String errorClass,
      @Nullable String heldBy,
      @Nullable String heldBecause) {}

  /** The latest run of a job that went to its end, well or not. */
  Optional<Ended> latestEnd(UUID projectId, JobType job) {
    return jdbc.sql(
            """
            select finished_at, error, error_class, result ->> 'held_by' as held_by,
              result ->> 'held_because' as held_because
            from job_runs
            where project_id = :project and job_name = :job and status in ('ok', 'partial', 'failed')
            order by requested_at desc, id desc limit 1
            """)
        .param("project", projectId)
        .param("job", job.wireName())
        .query(
            (row, number) ->
                new Ended(
                    Columns.requiredInstant(row, "finished_at"),
                    row.getString("error"),
                    row.getString("error_class"),
                    row.getString("held_by"),
                    row.getString("held_because")))
        .optional();
  }

  boolean hasSource(UUID projectId) {
    return jdbc.sql(
            """
            select exists (
              select from project_sources where project_id = :project and removed_at is null)
            """)
        .param("project", projectId)
        .query(Boolean.class)
        .single();
  }

  /** When a tick was processed last. */
  Optional<Instant> lastTick() {
    return jdbc.sql(
            """
            select processed_at from scheduler_ticks where processed_at is not null
            order by requested_at desc limit 1
            """)
        .query((row, number) -> Columns.requiredInstant(row, "processed_at"))
        .optional();
  }
}
