package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.trace.Traces;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table {@code job_runs}, seen by the worker that holds a run by lease. Each write carries the
 * fence of its claim and does nothing once another has the run. All times are the database's.
 *
 * <p>A run is known to be worked by its lease, not by its status, for the reason that {@link
 * RunLog} gives.
 */
@Repository
class HeldRuns {
  /**
   * Ends runs whose lease still stands. To be filled in: what is done about rows that somebody has
   * locked.
   */
  private static final String END =
      """
      update job_runs r
      set status = n.status, finished_at = now(), heartbeat_at = now(), lease_until = null,
          processed_count = n.processed, progress = n.progress, result = n.result,
          error = n.error, error_class = n.error_class, retry_at = now() + make_interval(secs => n.retry_after),
          log = append_run_log(append_run_log(r.log, 'info', n.lines),
                               case when n.error is null then 'info' else 'warn' end,
                               array[n.status || coalesce(': ' || n.error, '')])
      from (
        select n.* from jsonb_to_recordset(:ends::jsonb) as n (id uuid, fence bigint, status text, processed bigint,
            progress jsonb, result jsonb, error text, error_class text, retry_after float8, lines text[])
          join job_runs held on held.id = n.id and held.fence = n.fence and held.lease_until is not null
        for no key update of held %s) n
      where r.id = n.id and r.fence = n.fence and r.lease_until is not null
      returning r.id, r.fence, r.project_id, r.status,
        (extract(epoch from r.finished_at - r.started_at) * 1000)::bigint as duration_ms
      """;

  /**
   * Goes after {@code ended}, which changed the run's row: queues the jobs that are to start at
   * once, those with an active schedule that wants it. In the order of their schedules, as
   * everybody does who queues several runs at once.
   */
  private static final String CASCADE =
      """
      , cascaded as (
        insert into job_runs (project_id, job_name, trigger, requested_by, payload, traceparent, announced_at)
        select s.project_id, s.job_type, 'cascade', :job || ' ' || ended.id, s.payload, :traceparent::text, now()
        from ended join scheduled_jobs s on s.project_id = ended.project_id
        where ended.status <> 'cancelled' and s.job_type = any(:cascade::text[])
          and s.status = 'active' and s.run_on_change
          and exists (select from projects p where p.id = ended.project_id and p.archived_at is null)
        order by s.id
        on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
        returning id, project_id, job_name, attempt)
      select ended.status, ended.duration_ms, c.id, c.project_id, c.job_name, c.attempt
      from ended left join cascaded c on true
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  HeldRuns(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** What a heartbeat learns. */
  enum Heartbeat {
    MINE,
    CANCEL_REQUESTED,
    LEASE_LOST
  }

  /**
   * Extends the lease and writes progress and new lines; a lease that another process took
   * meanwhile is lost.
   */
  Heartbeat heartbeat(ClaimedRun run, RunContext.Progress progress, Duration lease) {
    return jdbc.sql(
            """
            update job_runs
            set heartbeat_at = now(), lease_until = now() + make_interval(secs => :lease),
                processed_count = :processed, progress = :progress::jsonb,
                log = append_run_log(log, 'info', :lines::text[])
            where id = :id and fence = :fence and lease_until is not null
            returning cancel_requested_at is not null
            """)
        .param("lease", lease.toMillis() / 1000.0)
        .param("processed", progress.processed())
        .param("progress", json.writeValueAsString(progress.details()))
        .param("lines", Columns.texts(progress.lines()))
        .param("id", run.id())
        .param("fence", run.fence())
        .query(Boolean.class)
        .optional()
        .map(cancel -> cancel ? Heartbeat.CANCEL_REQUESTED : Heartbeat.MINE)
        .orElse(Heartbeat.LEASE_LOST);
  }

  /** A run, and what is to be written of it with its heartbeat. */
  record Beat(ClaimedRun run, RunContext.Progress progress) {}

  /**
   * The same for several runs. Passes over those whose row somebody has locked: one of them must
   * not hold up the others.
   *
   * @return one answer for each; empty when it was passed over or its lease is gone
   */
  List<Optional<Heartbeat>> heartbeatUnlocked(List<Beat> beats, Duration lease) {
    Map<Hold, Heartbeat> beaten = new HashMap<>();
    jdbc.sql(
            """
            update job_runs r
            set heartbeat_at = now(), lease_until = now() + make_interval(secs => :lease),
                processed_count = n.processed, progress = n.progress, log = append_run_log(r.log, 'info', n.lines)
            from (
              select n.* from jsonb_to_recordset(:beats::jsonb)
                  as n (id uuid, fence bigint, processed bigint, progress jsonb, lines text[])
                join job_runs held on held.id = n.id and held.fence = n.fence and held.lease_until is not null
              for no key update of held skip locked) n
            where r.id = n.id and r.fence = n.fence and r.lease_until is not null
            returning r.id, r.fence, r.cancel_requested_at is not null as cancel
            """)
        .param("lease", lease.toMillis() / 1000.0)
        .param("beats", json.writeValueAsString(beats.stream().map(BeatColumns::of).toList()))
        .query(
            row -> {
              beaten.put(
                  new Hold(Columns.uuid(row, "id"), row.getLong("fence")),
                  row.getBoolean("cancel") ? Heartbeat.CANCEL_REQUESTED : Heartbeat.MINE);
            });
    return beats.stream()
        .map(each -> Optional.ofNullable(beaten.get(Hold.of(each.run()))))
        .toList();
  }

  /** What a heartbeat writes. */
  private record BeatColumns(
      UUID id, long fence, long processed, Map<String, ?> progress, List<String> lines) {
    static BeatColumns of(Beat beat) {
      return new BeatColumns(
          beat.run().id(),
          beat.run().fence(),
          beat.progress().processed(),
          beat.progress().details(),
          beat.progress().lines());
    }
  }

  /**
   * What the end of a run, or of an attempt, brought about.
   *
   * @param status what the run is now
   * @param duration since its first start
   * @param cascaded the runs that it started, which wait for their announcement
   */
  record Ended(RunStatus status, Duration duration, List<QueuedRun> cascaded) {}

  /** How a run ends, and by which claim. */
  record Ending(ClaimedRun run, RunEnd end) {}

  /**
   * Writes the end of several runs, and starts nothing because of them. Passes over those whose row
   * somebody has locked: one of them must not hold up the others.
   *
   * @return one answer for each; empty when it was passed over or its lease is gone, and then
   *     nothing is written of it
   */
  List<Optional<Ended>> finishUnlocked(List<Ending> endings) {
    Map<Hold, Ended> ended = new HashMap<>();
    jdbc.sql(END.formatted("skip locked"))
        .param("ends", json.writeValueAsString(endings.stream().map(EndColumns::of).toList()))
        .query(
            row -> {
              ended.put(
                  new Hold(Columns.uuid(row, "id"), row.getLong("fence")),
                  new Ended(
                      RunStatus.of(row.getString("status")),
                      Duration.ofMillis(row.getLong("duration_ms")),
                      List.of()));
            });
    return endings.stream()
        .map(each -> Optional.ofNullable(ended.get(Hold.of(each.run()))))
        .toList();
  }

  /** A run as it was claimed once. */
  private record Hold(UUID id, long fence) {
    static Hold of(ClaimedRun run) {
      return new Hold(run.id(), run.fence());
    }
  }

  /** What {@link #END} reads of each run. */
  private record EndColumns(
      UUID id,
      long fence,
      String status,
      long processed,
      Map<String, ?> progress,
      Map<String, ?> result,
      @Nullable String error,
      @Nullable String errorClass,
      @Nullable Double retryAfter,
      List<String> lines) {
    static EndColumns of(Ending ending) {
      RunEnd end = ending.end();
      Duration retryAfter = end.retryAfter();
      return new EndColumns(
          ending.run().id(),
          ending.run().fence(),
          end.status().wireName(),
          end.progress().processed(),
          end.progress().details(),
          end.result(),
          end.error(),
          end.errorClass(),
          retryAfter == null ? null : retryAfter.toMillis() / 1000.0,
          end.progress().lines());
    }
  }

  /**
   * Writes the end, and in the same statement queues the jobs that are to start at once because the
   * run changed something.
   *
   * @return empty when the lease is gone, and then nothing is written
   */
  Optional<Ended> finish(ClaimedRun run, RunEnd end) {
    return ended(
        jdbc.sql("with ended as (" + END.formatted("") + ")" + CASCADE)
            .param("ends", json.writeValueAsString(List.of(EndColumns.of(new Ending(run, end))))),
        run,
        end.cascade());
  }

  /**
   * The end of an attempt that is not the end of its run.
   *
   * @param after how long the run waits for its next attempt
   * @param charged whether the attempt counts towards the limit
   * @param cascade the jobs to start at once because of what the attempt changed
   */
  record Pause(
      RunContext.Progress progress,
      Duration after,
      boolean charged,
      String errorClass,
      String error,
      Set<JobType> cascade) {}

  /**
   * Puts a run back into the queue, due after a while, and queues what is to start at once. A run
   * that somebody cancelled ends here instead.
   *
   * @return empty when the lease is gone, and then nothing is written
   */
  Optional<Ended> requeue(ClaimedRun run, Pause pause) {
    return ended(
        jdbc.sql(
                """
                with ended as (
                  update job_runs
                  set status = case when cancel_requested_at is null then 'queued' else 'cancelled' end,
                      finished_at = case when cancel_requested_at is null then null else now() end,
                      due_at = now() + make_interval(secs => :after), lease_until = null, announced_at = default,
                      processed_count = :processed, progress = :progress::jsonb,
                      error = :error, error_class = :error_class, attempt = attempt - :refund,
                      log = append_run_log(append_run_log(log, 'info', :lines::text[]), 'warn',
                                           array['back to the queue for ' || :after::bigint || ' s: ' || :error])
                  where id = :id and fence = :fence and lease_until is not null
                  returning id, project_id, status,
                    (extract(epoch from now() - started_at) * 1000)::bigint as duration_ms)
                """
                    + CASCADE)
            .param("after", pause.after().toMillis() / 1000.0)
            .param("refund", pause.charged() ? 0 : 1)
            .param("error", pause.error())
            .param("error_class", pause.errorClass())
            .param("processed", pause.progress().processed())
            .param("progress", json.writeValueAsString(pause.progress().details()))
            .param("lines", Columns.texts(pause.progress().lines()))
            .param("id", run.id())
            .param("fence", run.fence()),
        run,
        pause.cascade());
  }

  private Optional<Ended> ended(
      JdbcClient.StatementSpec statement, ClaimedRun run, Set<JobType> cascade) {
    List<Row> rows =
        statement
            .param("job", run.jobType().wireName())
            .param("traceparent", Traces.current())
            .param("cascade", Columns.texts(cascade.stream().map(JobType::wireName).toList()))
            .query(HeldRuns::row)
            .list();
    return rows.stream()
        .findFirst()
        .map(
            first ->
                new Ended(
                    first.status(),
                    first.duration(),
                    rows.stream()
                        .map(Row::cascaded)
                        .<QueuedRun>flatMap(Stream::ofNullable)
                        .toList()));
  }

  private record Row(RunStatus status, Duration duration, @Nullable QueuedRun cascaded) {}

  private static Row row(ResultSet row, int number) throws SQLException {
    QueuedRun cascaded =
        row.getObject("id") == null
            ? null
            : new QueuedRun(
                Columns.uuid(row, "id"),
                Columns.uuid(row, "project_id"),
                JobType.of(row.getString("job_name")),
                row.getInt("attempt"));
    return new Row(
        RunStatus.of(row.getString("status")),
        Duration.ofMillis(row.getLong("duration_ms")),
        cascaded);
  }
}
