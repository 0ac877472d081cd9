package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.schedule.Overlap;
import dev.threadmill.core.trace.Traces;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code worker_runs}: which run a due time of a schedule became.
 *
 * @see UnsettledRuns for how it ended
 */
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
   * @param overlap what becomes of it while a run of the job is active
   * @param reason what is to be said of it; null when there is nothing to say
   */
  public record DueTime(
      long scheduleId,
      UUID projectId,
      JobType jobType,
      Instant at,
      Overlap overlap,
      @Nullable String reason) {}

  /** There is at most one active run of these. */
  private record Job(UUID projectId, JobType jobType) {
    static Job of(DueTime due) {
      return new Job(due.projectId(), due.jobType());
    }
  }

  /**
   * Queues a run for each due time. Where a run of the job is queued or running, the due time joins
   * it or is left out, and says so. Must be called in the transaction that locked the schedules,
   * once and with all of its due times.
   *
   * <p>Whoever queues several runs in one transaction does it in one order, or two of them might
   * wait for each other: first the jobs that others cascade from, for a run that ends holds its own
   * row and then queues those, and within each kind by the id of the schedule.
   *
   * @return the new runs, which wait for their announcement after the commit
   */
  public List<QueuedRun> queue(@Nullable UUID tickId, Collection<DueTime> dueTimes) {
    Map<Boolean, List<DueTime>> kinds =
        dueTimes.stream().collect(Collectors.partitioningBy(due -> Cascade.from(due.jobType())));
    List<QueuedRun> queued = new ArrayList<>();
    for (boolean cascading : new boolean[] {true, false}) {
      queued.addAll(queueOneKind(tickId, kinds.getOrDefault(cascading, List.of())));
    }
    return queued;
  }

  private List<QueuedRun> queueOneKind(@Nullable UUID tickId, Collection<DueTime> dueTimes) {
    Map<Job, DueTime> open = new LinkedHashMap<>();
    dueTimes.forEach(due -> open.put(Job.of(due), due));
    List<QueuedRun> queued = new ArrayList<>();
    for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
      List<QueuedRun> inserted = insertRuns(tickId, open.values());
      tie(tickId, started(inserted, open));
      queued.addAll(inserted);
      if (!open.isEmpty()) {
        tie(tickId, joined(activeRuns(open.values()), open));
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalStateException("neither a new nor an active run for " + open.values());
    }
    return queued;
  }

  private List<QueuedRun> insertRuns(@Nullable UUID tickId, Collection<DueTime> dueTimes) {
    return jdbc.sql(
            """
            insert into job_runs (project_id, job_name, trigger, requested_by, payload, traceparent, announced_at, log)
            select project_id, job_type, 'schedule', 'scheduler', payload, :traceparent::text, now(),
              jsonb_build_array(jsonb_build_object('at', now(), 'level', 'info', 'message', :line::text))
            from scheduled_jobs
            where id = any(:ids::bigint[])
            order by id
            on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
            returning id, project_id, job_name, attempt
            """)
        .param("ids", Columns.texts(dueTimes.stream().map(DueTime::scheduleId).toList()))
        .param("traceparent", Traces.current())
        .param(
            "line",
            tickId == null ? "queued to catch up a missed time" : "queued by tick " + tickId)
        .query(ScheduledRuns::queued)
        .list();
  }

  /** A run that is in the way of a due time, and a sentence about it. */
  private record Active(QueuedRun run, String sentence) {}

  /** A statement of its own: only a new snapshot sees the run that the insert ran into. */
  private List<Active> activeRuns(Collection<DueTime> dueTimes) {
    return jdbc.sql(
            """
            select r.id, r.project_id, r.job_name, r.attempt,
              format('run %s, started by %s (%s), was still %s', r.id, r.requested_by, r.trigger, r.status) as sentence
            from scheduled_jobs s
            join job_runs r on r.project_id = s.project_id and r.job_name = s.job_type
              and r.status in ('queued', 'running')
            where s.id = any(:ids::bigint[])
            """)
        .param("ids", Columns.texts(dueTimes.stream().map(DueTime::scheduleId).toList()))
        .query((row, number) -> new Active(queued(row, number), row.getString("sentence")))
        .list();
  }

  /** What became of a due time. */
  private record Fate(
      DueTime due,
      @Nullable UUID runId,
      boolean coalesced,
      boolean skipped,
      @Nullable String why) {}

  private static List<Fate> started(List<QueuedRun> runs, Map<Job, DueTime> open) {
    List<Fate> fates = new ArrayList<>(runs.size());
    for (QueuedRun run : runs) {
      DueTime due = take(run, open);
      fates.add(new Fate(due, run.id(), false, false, due.reason()));
    }
    return fates;
  }

  private static List<Fate> joined(List<Active> active, Map<Job, DueTime> open) {
    List<Fate> fates = new ArrayList<>(active.size());
    for (Active run : active) {
      DueTime due = take(run.run(), open);
      boolean skipped = due.overlap() == Overlap.SKIP;
      fates.add(new Fate(due, run.run().id(), !skipped, skipped, run.sentence()));
    }
    return fates;
  }

  private static DueTime take(QueuedRun run, Map<Job, DueTime> open) {
    return Objects.requireNonNull(open.remove(new Job(run.projectId(), run.jobType())));
  }

  /** Notes due times for which nothing is run, each with its reason. */
  public void skip(UUID tickId, Collection<DueTime> dueTimes) {
    tie(
        tickId,
        dueTimes.stream().map(due -> new Fate(due, null, false, true, due.reason())).toList());
  }

  private void tie(@Nullable UUID tickId, List<Fate> fates) {
    if (fates.isEmpty()) {
      return;
    }
    List<DueTime> due = fates.stream().map(Fate::due).toList();
    // A due time that was used before (somebody set the schedule back) belongs to the newest run.
    // What was left out has no outcome to tell.
    jdbc.sql(
            """
            insert into worker_runs (project_id, scheduled_job_id, job_run_id, tick_id, scheduled_for, coalesced,
              skipped, reason, settled_at)
            select project_id, schedule_id, run_id, :tick::uuid, due_at, coalesced, skipped, reason,
              case when skipped then now() end
            from unnest(:projects::uuid[], :schedules::bigint[], :runs::uuid[], :dues::timestamptz[],
                :coalesced::boolean[], :skipped::boolean[], :reasons::text[])
              as n (project_id, schedule_id, run_id, due_at, coalesced, skipped, reason)
            on conflict (scheduled_job_id, scheduled_for) do update
            set job_run_id = excluded.job_run_id, tick_id = excluded.tick_id, coalesced = excluded.coalesced,
                skipped = excluded.skipped, reason = excluded.reason, settled_at = excluded.settled_at
            """)
        .param("tick", tickId)
        .param("projects", Columns.texts(due.stream().map(DueTime::projectId).toList()))
        .param("schedules", Columns.texts(due.stream().map(DueTime::scheduleId).toList()))
        .param("runs", Columns.textsOrNulls(fates, Fate::runId))
        .param("dues", Columns.texts(due.stream().map(DueTime::at).toList()))
        .param("coalesced", Columns.texts(fates.stream().map(Fate::coalesced).toList()))
        .param("skipped", Columns.texts(fates.stream().map(Fate::skipped).toList()))
        .param("reasons", Columns.textsOrNulls(fates, Fate::why))
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
   * What a due time became.
   *
   * @param runId the run that it started or joined, or that was in its way; null when there was
   *     none
   * @param skipped nothing was run for it
   * @param reason why it made no run of its own, or stands for several
   */
  public record PastDueTime(
      Instant scheduledFor,
      @Nullable UUID runId,
      @Nullable RunStatus status,
      boolean coalesced,
      boolean skipped,
      @Nullable String reason) {}

  /** The latest due times of a schedule, newest first. */
  public List<PastDueTime> past(long scheduleId, int limit) {
    return jdbc.sql(
            """
            select w.scheduled_for, w.job_run_id, r.status, w.coalesced, w.skipped, w.reason
            from worker_runs w left join job_runs r on r.id = w.job_run_id
            where w.scheduled_job_id = :id order by w.scheduled_for desc limit :limit
            """)
        .param("id", scheduleId)
        .param("limit", limit)
        .query(ScheduledRuns::past)
        .list();
  }

  private static PastDueTime past(ResultSet row, int number) throws SQLException {
    String status = row.getString("status");
    return new PastDueTime(
        Columns.requiredInstant(row, "scheduled_for"),
        row.getObject("job_run_id", UUID.class),
        status == null ? null : RunStatus.of(status),
        row.getBoolean("coalesced"),
        row.getBoolean("skipped"),
        row.getString("reason"));
  }
}
