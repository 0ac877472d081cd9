package dev.threadmill.core.run;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.trace.Traces;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table {@code job_runs}, seen by who asks for runs, takes and cancels them. All times are the
 * database's.
 *
 * <p>By id alone a row is found by its key. With its status beside it the planner may take the
 * index of all that are queued instead, which it believes to be empty, and reads all of a flood for
 * each claim. So a queued run is said to be one with neither lease nor end, which is the same.
 *
 * @see HeldRuns for what the worker that holds a run writes
 * @see RunHistory for reading
 * @see RunRecovery for what was left lying
 * @see ScheduledRuns for what schedules start
 */
@Repository
public final class RunLog {
  private static final String CANCEL =
      """
      with asked as (
        select id from job_runs
        where %s
        order by id
        for no key update)
      update job_runs r
      set cancel_requested_at = case when finished_at is null then coalesce(cancel_requested_at, now())
                                     else cancel_requested_at end,
          cancel_requested_by = case when finished_at is null then coalesce(cancel_requested_by, :by)
                                     else cancel_requested_by end,
          finished_at = case when status = 'queued' then now() else finished_at end,
          log = case when finished_at is null
                     then append_run_log(log, 'warn', array['to be cancelled, says ' || :by]) else log end,
          status = case when status = 'queued' then 'cancelled' else status end
      where r.id = any(array(select id from asked))
      returning status
      """;

  /** A tick that overtook the archiving of a project has queued what is not to be run. */
  private static final String CLAIMABLE =
      """
      id = any(:ids::uuid[]) and lease_until is null and finished_at is null and due_at <= now()
        and not exists (
          select from projects p where p.id = job_runs.project_id and p.archived_at is not null)
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;

  public RunLog(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * Queues a run, or answers with the one of the same project and job that is queued or running.
   */
  public RequestedRun request(RunRequest request) {
    while (true) {
      // The select of the second branch does not see a row that is inserted and finished in
      // between: then ask again.
      Optional<RequestedRun> answer =
          jdbc.sql(
                  """
                  with inserted as (
                    insert into job_runs (project_id, job_name, trigger, requested_by, payload, traceparent, announced_at)
                    values (:project, :job, :trigger, :requested_by, :payload::jsonb, :traceparent::text, now())
                    on conflict (project_id, job_name) where status in ('queued', 'running') do nothing
                    returning id, status, attempt)
                  select id, status, attempt, true as created from inserted
                  union all
                  select id, status, attempt, false from job_runs
                  where project_id = :project and job_name = :job and status in ('queued', 'running')
                    and not exists (select from inserted)
                  """)
              .param("project", request.projectId())
              .param("job", request.jobType().wireName())
              .param("trigger", request.trigger().wireName())
              .param("requested_by", request.requestedBy())
              .param("payload", json.writeValueAsString(request.payload()))
              .param("traceparent", Traces.current())
              .query(RunLog::requested)
              .optional();
      if (answer.isPresent()) {
        return answer.get();
      }
    }
  }

  /**
   * Remembers that the broker did not take the events of these runs, which are to be sent again.
   */
  void unannounced(Collection<UUID> runIds) {
    jdbc.sql(
            """
            update job_runs set announced_at = '-infinity'
            where id = any(:ids::uuid[]) and lease_until is null and finished_at is null
            """)
        .param("ids", Columns.texts(runIds))
        .update();
  }

  /**
   * Takes a queued run that is due, or nothing when somebody else has it, it is finished, its time
   * has not come or its project is archived.
   */
  public Optional<ClaimedRun> claim(UUID runId, String worker, Duration lease) {
    // Waits for who has the row locked: a tick that joins the run has it for a moment too, and a
    // claim that passed it over would leave the run lying until it is announced again.
    return claim(List.of(runId), worker, lease, "").stream().findFirst();
  }

  /**
   * The same for several runs, but passes over those whose row somebody has locked: one of them
   * must not hold up the others.
   */
  List<ClaimedRun> claimUnlocked(Collection<UUID> runIds, String worker, Duration lease) {
    return claim(runIds, worker, lease, "skip locked");
  }

  /** Those that are queued and due, whoever has their rows locked. */
  Set<UUID> claimable(Collection<UUID> runIds) {
    return jdbc.sql("select id from job_runs where " + CLAIMABLE)
        .param("ids", Columns.texts(runIds))
        .query(UUID.class)
        .set();
  }

  private List<ClaimedRun> claim(
      Collection<UUID> runIds, String worker, Duration lease, String ifLocked) {
    // Locked only as far as an update needs, or it would wait for ticks that join a run.
    return jdbc.sql(
            """
            with due as (
              select id from job_runs
              where %s
              for no key update %s)
            update job_runs r
            set status = 'running', worker = :worker, fence = fence + 1, attempt = attempt + 1,
                started_at = coalesce(started_at, now()), heartbeat_at = now(), held_by = null,
                lease_until = now() + make_interval(secs => :lease),
                log = append_run_log(log, 'info', array['attempt ' || attempt + 1 || ' begins on ' || :worker])
            from due where r.id = due.id and r.lease_until is null and r.finished_at is null
            returning r.id, r.project_id, r.job_name, r.trigger, r.payload, r.fence, r.attempt, r.started_at,
              r.traceparent
            """
                .formatted(CLAIMABLE, ifLocked))
        .param("ids", Columns.texts(runIds))
        .param("worker", worker)
        .param("lease", lease.toMillis() / 1000.0)
        .query(RunLog::claimed)
        .list();
  }

  /** Writes why a queued run was not taken. */
  void held(UUID runId, String why) {
    jdbc.sql(
            "update job_runs set held_by = :why where id = :id and lease_until is null and finished_at is null")
        .param("why", why)
        .param("id", runId)
        .update();
  }

  /**
   * Asks a run to stop: a queued one is cancelled at once, a running one at its next checkpoint.
   *
   * @return the status afterwards; empty when the project has no such run
   */
  public Optional<RunStatus> cancel(UUID projectId, UUID runId, String requestedBy) {
    return jdbc.sql(CANCEL.formatted("project_id = :project and id = :id"))
        .param("by", requestedBy)
        .param("id", runId)
        .param("project", projectId)
        .query((row, number) -> RunStatus.of(row.getString("status")))
        .optional();
  }

  /** The same for all runs of a project that are queued or running. */
  public void cancelAll(UUID projectId, String requestedBy) {
    var unused =
        jdbc.sql(CANCEL.formatted("project_id = :project and status in ('queued', 'running')"))
            .param("by", requestedBy)
            .param("project", projectId)
            .query(String.class)
            .list();
  }

  /**
   * The same for what was queued or taken while somebody archived its project, and so was not seen
   * by {@link #cancelAll}.
   *
   * @return how many there were
   */
  public int cancelOfArchived(String requestedBy) {
    return jdbc.sql(
            CANCEL.formatted(
                """
                status in ('queued', 'running') and cancel_requested_at is null
                  and project_id in (select id from projects where archived_at is not null)
                """))
        .param("by", requestedBy)
        .query(String.class)
        .list()
        .size();
  }

  private static RequestedRun requested(ResultSet row, int number) throws SQLException {
    return new RequestedRun(
        Columns.uuid(row, "id"),
        RunStatus.of(row.getString("status")),
        row.getInt("attempt"),
        row.getBoolean("created"));
  }

  private static ClaimedRun claimed(ResultSet row, int number) throws SQLException {
    return new ClaimedRun(
        Columns.uuid(row, "id"),
        Columns.uuid(row, "project_id"),
        JobType.of(row.getString("job_name")),
        RunTrigger.of(row.getString("trigger")),
        Columns.json(row, "payload"),
        row.getLong("fence"),
        row.getInt("attempt"),
        Columns.requiredInstant(row, "started_at"),
        row.getString("traceparent"));
  }
}
