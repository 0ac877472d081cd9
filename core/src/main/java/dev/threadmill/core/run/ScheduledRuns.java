package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code worker_runs}: which run a due time of a schedule became, and its outcome. */
public final class ScheduledRuns {
  /** A run that is neither new nor active was finished in between; it can't happen for ever. */
  private static final int ROUNDS = 10;

  private final JdbcClient jdbc;

  public ScheduledRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Queues a run for each of the schedules, whose {@code next_run_at} is the due time. Where a run
   * of the job is queued or running, the due time joins it. Must be called in the transaction that
   * locked the schedules.
   *
   * @return the new runs, which wait for their announcement after the commit
   */
  public List<QueuedRun> queue(UUID tickId, Collection<Long> scheduleIds) {
    List<QueuedRun> queued = new ArrayList<>();
    Set<Long> open = new LinkedHashSet<>(scheduleIds);
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      insertRuns(tickId, open)
          .forEach(
              inserted -> {
                open.remove(inserted.scheduleId());
                queued.add(inserted.run());
              });
      if (!open.isEmpty()) {
        open.removeAll(joinActiveRuns(tickId, open));
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalStateException("neither a new nor an active run for schedules " + open);
    }
    return queued;
  }

  private record InsertedRun(long scheduleId, QueuedRun run) {}

  private List<InsertedRun> insertRuns(UUID tickId, Collection<Long> scheduleIds) {
    // A due time that was used before (somebody set the schedule back) belongs to the newest run.
    return jdbc.sql(
            """
            with due as (
              select id, project_id, job_type, payload, next_run_at from scheduled_jobs
              where id = any(:ids::bigint[])),
            queued as (
              insert into job_runs (project_id, job_name, trigger, requested_by, payload)
              select project_id, job_type, 'schedule', 'scheduler', payload from due
              on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
              returning id, project_id, job_name),
            tied as (
              insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced)
              select due.project_id, due.id, queued.id, :tick, due.next_run_at, false
              from queued join due on due.project_id = queued.project_id and due.job_type = queued.job_name
              on conflict (scheduled_job_id, scheduled_for) do update
              set job_run_id = excluded.job_run_id, tick_id = excluded.tick_id, coalesced = false, settled_at = null
              returning scheduled_job_id, job_run_id)
            select tied.scheduled_job_id, queued.id, queued.project_id, queued.job_name
            from tied join queued on queued.id = tied.job_run_id
            """)
        .param("ids", Columns.texts(scheduleIds))
        .param("tick", tickId)
        .query(
            (row, number) ->
                new InsertedRun(
                    row.getLong("scheduled_job_id"),
                    new QueuedRun(
                        Columns.uuid(row, "id"),
                        Columns.uuid(row, "project_id"),
                        JobType.of(row.getString("job_name")),
                        0)))
        .list();
  }

  /** A statement of its own: only a new snapshot sees the run that the first one ran into. */
  private List<Long> joinActiveRuns(UUID tickId, Collection<Long> scheduleIds) {
    return jdbc.sql(
            """
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced)
            select s.project_id, s.id, r.id, :tick, s.next_run_at, true
            from scheduled_jobs s
            join job_runs r on r.project_id = s.project_id and r.job_name = s.job_type
              and r.status in ('queued', 'running')
            where s.id = any(:ids::bigint[])
            on conflict (scheduled_job_id, scheduled_for) do update
            set job_run_id = excluded.job_run_id, tick_id = excluded.tick_id, coalesced = true, settled_at = null
            returning scheduled_job_id
            """)
        .param("ids", Columns.texts(scheduleIds))
        .param("tick", tickId)
        .query(Long.class)
        .list();
  }

  /**
   * The outcome of a finished run, for the schedule that started or joined it.
   *
   * @param workerRunId the row to mark as settled
   * @param told true when another row tells this outcome to the same schedule: a run that the
   *     schedule itself started, and that later due times joined, counts once
   */
  public record FinishedRun(
      long workerRunId,
      long scheduleId,
      boolean told,
      RunStatus status,
      Instant startedAt,
      Instant finishedAt,
      @Nullable String error) {}

  /**
   * Locks finished runs that their schedules don't know of yet, at most {@code limit}. To be called
   * in the transaction that carries them over and then calls {@link #settled}.
   */
  public List<FinishedRun> lockUnsettled(int limit) {
    return jdbc.sql(
            """
            select w.id, w.scheduled_job_id, w.coalesced and r.trigger = 'schedule' as told,
              r.status, coalesce(r.started_at, r.requested_at) as started_at, r.finished_at, r.error
            from worker_runs w join job_runs r on r.id = w.job_run_id
            where w.settled_at is null and r.finished_at is not null
            limit :limit
            for update of w skip locked
            """)
        .param("limit", limit)
        .query(ScheduledRuns::finished)
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
        row.getString("error"));
  }
}
