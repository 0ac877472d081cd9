package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds in {@code job_runs} what no event announced and what a dead worker left. */
@Repository
public final class RunRecovery {
  private static final int LOST_AT_ONCE = 100;

  private final JdbcClient jdbc;

  public RunRecovery(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes queued runs that are due and were not announced within the given time, those first that
   * were never announced, then those that wait longest since, and marks them as announced, so that
   * several replicas don't announce them all at once. Announce them next; what gets lost in between
   * is found again when the time has passed.
   */
  public List<QueuedRun> takeUnannounced(Duration since, int limit) {
    return jdbc.sql(
            """
            with forgotten as (
              select id from job_runs
              where status = 'queued' and due_at <= now()
                and announced_at < now() - make_interval(secs => :since)
              order by announced_at limit :limit
              for update skip locked)
            update job_runs r set announced_at = now()
            from forgotten where r.id = forgotten.id
            returning r.id, r.project_id, r.job_name, r.attempt
            """)
        .param("since", since.toMillis() / 1000.0)
        .param("limit", limit)
        .query(
            (row, number) ->
                new QueuedRun(
                    Columns.uuid(row, "id"),
                    Columns.uuid(row, "project_id"),
                    JobType.of(row.getString("job_name")),
                    row.getInt("attempt")))
        .list();
  }

  /**
   * Takes back runs whose lease ran out: queued again, failed after the last attempt, or cancelled
   * when somebody had asked for it. The comparison with the lease and the change are one statement
   * on a locked row, so a run that lives and beats is never taken.
   */
  public List<TakenBackRun> takeBackLost(int maxAttempts) {
    return jdbc.sql(
            """
            with lost as (
              select id from job_runs
              where status = 'running' and lease_until < now()
              order by lease_until limit :limit
              for update skip locked)
            update job_runs r
            set status = case when cancel_requested_at is not null then 'cancelled'
                              when attempt >= :max then 'failed' else 'queued' end,
                finished_at = case when cancel_requested_at is not null or attempt >= :max then now() end,
                fence = fence + 1, lease_until = null, announced_at = default, due_at = now(),
                error = 'the worker ' || coalesce(worker, '?') || ' stopped without a word in attempt ' || attempt,
                error_class = 'worker_lost',
                log = append_run_log(log, 'warn',
                  array['taken back from ' || coalesce(worker, '?') || ', whose lease ran out in attempt ' || attempt])
            from lost where r.id = lost.id
            returning r.id, r.project_id, r.job_name, r.trigger, r.attempt, r.status, r.worker,
              (extract(epoch from now() - r.started_at) * 1000)::bigint as duration_ms
            """)
        .param("limit", LOST_AT_ONCE)
        .param("max", maxAttempts)
        .query(RunRecovery::takenBack)
        .list();
  }

  private static TakenBackRun takenBack(ResultSet row, int number) throws SQLException {
    return new TakenBackRun(
        new QueuedRun(
            Columns.uuid(row, "id"),
            Columns.uuid(row, "project_id"),
            JobType.of(row.getString("job_name")),
            row.getInt("attempt")),
        RunTrigger.of(row.getString("trigger")),
        RunStatus.of(row.getString("status")),
        String.valueOf(row.getString("worker")),
        Duration.ofMillis(row.getLong("duration_ms")));
  }

  /**
   * A run whose worker is gone.
   *
   * @param status what became of it: queued, failed or cancelled
   * @param lostBy the worker that had it
   * @param duration since its first start
   */
  public record TakenBackRun(
      QueuedRun run, RunTrigger trigger, RunStatus status, String lostBy, Duration duration) {}
}
