package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code worker_runs}: which run a due time of a schedule became, and its outcome. */
@Repository
public final class ScheduledRuns {
  /** A run that is neither new nor active was finished in between; it can't happen for ever. */
  private static final int ROUNDS = 10;

  private final JdbcClient jdbc;

  public ScheduledRuns(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A time at which a schedule is due.
   *
   * @param at the point of its grid that the run is for
   */
  public record DueTime(long scheduleId, UUID projectId, JobType jobType, Instant at) {}

  /** There is at most one active run of these. */
  private record Job(UUID projectId, JobType jobType) {
    static Job of(DueTime due) {
      return new Job(due.projectId(), due.jobType());
    }
  }

  /**
   * Queues a run for each due time. Where a run of the job is queued or running, the due time joins
   * it. Must be called in the transaction that locked the schedules.
   *
   * @return the new runs, which wait for their announcement after the commit
   */
  public List<QueuedRun> queue(UUID tickId, Collection<DueTime> dueTimes) {
    Map<Job, DueTime> open = new LinkedHashMap<>();
    dueTimes.forEach(due -> open.put(Job.of(due), due));
    List<QueuedRun> queued = new ArrayList<>();
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      List<QueuedRun> inserted = insertRuns(open.values());
      tie(tickId, inserted, open, false);
      queued.addAll(inserted);
      if (!open.isEmpty()) {
        tie(tickId, activeRuns(open.values()), open, true);
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalStateException("neither a new nor an active run for " + open.values());
    }
    return queued;
  }

  private List<QueuedRun> insertRuns(Collection<DueTime> dueTimes) {
    return jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, payload)
            select project_id, job_type, 'schedule', 'scheduler', payload from scheduled_jobs
            where id = any(:ids::bigint[])
            on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
            returning id, project_id, job_name, attempt
            """)
        .param("ids", Columns.texts(dueTimes.stream().map(DueTime::scheduleId).toList()))
        .query(ScheduledRuns::queued)
        .list();
  }

  /** A statement of its own: only a new snapshot sees the run that the insert ran into. */
  private List<QueuedRun> activeRuns(Collection<DueTime> dueTimes) {
    return jdbc.sql(
            """
            select r.id, r.project_id, r.job_name, r.attempt
            from scheduled_jobs s
            join job_runs r on r.project_id = s.project_id and r.job_name = s.job_type
              and r.status in ('queued', 'running')
            where s.id = any(:ids::bigint[])
            """)
        .param("ids", Columns.texts(dueTimes.stream().map(DueTime::scheduleId).toList()))
        .query(ScheduledRuns::queued)
        .list();
  }

  /** Writes which due time each run stands for, and takes those times from the open ones. */
  private void tie(UUID tickId, List<QueuedRun> runs, Map<Job, DueTime> open, boolean coalesced) {
    List<DueTime> due = new ArrayList<>(runs.size());
    for (QueuedRun run : runs) {
      due.add(Objects.requireNonNull(open.remove(new Job(run.projectId(), run.jobType()))));
    }
    if (runs.isEmpty()) {
      return;
    }
    // A due time that was used before (somebody set the schedule back) belongs to the newest run.
    jdbc.sql(
            """
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced)
            select project_id, schedule_id, run_id, :tick, due_at, :coalesced
            from unnest(:projects::uuid[], :schedules::bigint[], :runs::uuid[], :dues::timestamptz[])
              as n (project_id, schedule_id, run_id, due_at)
            on conflict (scheduled_job_id, scheduled_for) do update
            set job_run_id = excluded.job_run_id, tick_id = excluded.tick_id,
                coalesced = excluded.coalesced, settled_at = null
            """)
        .param("tick", tickId)
        .param("coalesced", coalesced)
        .param("projects", Columns.texts(due.stream().map(DueTime::projectId).toList()))
        .param("schedules", Columns.texts(due.stream().map(DueTime::scheduleId).toList()))
        .param("runs", Columns.texts(runs.stream().map(QueuedRun::id).toList()))
        .param("dues", Columns.texts(due.stream().map(DueTime::at).toList()))
        .update();
  }

  private static QueuedRun queued(ResultSet row, int number) throws SQLException {
    return new QueuedRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        JobType.of(row.getString("job_name")),
        row.getInt("attempt"));
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
