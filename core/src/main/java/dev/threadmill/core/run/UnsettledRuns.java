package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code worker_runs}: the outcomes that schedules don't know of yet. */
@Repository
public final class UnsettledRuns {
  private final JdbcClient jdbc;

  public UnsettledRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The outcome of a finished run, for the schedule that started or joined it.
   *
   * @param workerRunId the row to mark as settled
   * @param retryAt what a Retry-After asked for
   * @param told true when an earlier due time of the same schedule tells this outcome: a run that
   *     several of them started or joined counts once, whoever asked for it
   */
  public record FinishedRun(
      long workerRunId,
      long scheduleId,
      boolean told,
      RunStatus status,
      Instant startedAt,
      Instant finishedAt,
      @Nullable String error,
      @Nullable String errorClass,
      @Nullable Instant retryAt) {}

  /**
   * Locks finished runs that their schedules don't know of yet, at most {@code limit}. To be called
   * in the transaction that carries them over and then calls {@link #settled}.
   */
  public List<FinishedRun> lock(int limit) {
    return jdbc.sql(
            """
            select w.id, w.scheduled_job_id,
              exists (
                select from worker_runs o
                where o.job_run_id = w.job_run_id and o.scheduled_job_id = w.scheduled_job_id
                  and o.id < w.id and not o.skipped) as told,
              r.status, coalesce(r.started_at, r.requested_at) as started_at, r.finished_at, r.error,
              r.error_class, r.retry_at
            from worker_runs w join job_runs r on r.id = w.job_run_id
            where w.settled_at is null and r.finished_at is not null
            limit :limit
            for update of w skip locked
            """)
        .param("limit", limit)
        .query(UnsettledRuns::finished)
        .list();
  }

  public void settled(Collection<Long> workerRunIds) {
    jdbc.sql("update worker_runs set settled_at = now() where id = any(:ids::bigint[])")
        .param("ids", Columns.texts(workerRunIds))
        .update();
  }

  private static FinishedRun finished(ResultSet row, int number) throws SQLException {
    return new FinishedRun(
        row.getLong("id"),
        row.getLong("scheduled_job_id"),
        row.getBoolean("told"),
        RunStatus.of(row.getString("status")),
        Columns.requiredInstant(row, "started_at"),
        Columns.requiredInstant(row, "finished_at"),
        row.getString("error"),
        row.getString("error_class"),
        Columns.instant(row, "retry_at"));
  }
}
