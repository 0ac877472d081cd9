package dev.threadmill.core.tick;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code scheduler_ticks}. All times are the database's, so no clocks have to agree. */
@Repository
public final class TickLog {
  private final JdbcClient jdbc;

  public TickLog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Files a tick by hand. */
  public Tick requestManual(@Nullable UUID projectId, int maxDue) {
    return jdbc.sql(
            """
            insert into scheduler_ticks (project_id, trigger, max_due) values (:project::uuid, 'manual', :max)
            returning id, project_id, max_due, trigger
            """)
        .param("project", projectId)
        .param("max", maxDue)
        .query(TickLog::row)
        .single();
  }

  /** Files the timer's tick of the current interval, unless any replica already did. */
  public Optional<Tick> requestForInterval(Duration interval, int maxDue) {
    return jdbc.sql(
            """
            insert into scheduler_ticks (trigger, max_due, slot, interval_seconds)
            values ('timer', :max, to_timestamp(floor(extract(epoch from now()) / :seconds) * :seconds), :seconds)
            on conflict (slot) do nothing
            returning id, project_id, max_due, trigger
            """)
        .param("max", maxDue)
        .param("seconds", interval.toSeconds())
        .query(TickLog::row)
        .optional();
  }

  /** How often the timer ticks, as its latest tick says; empty when there never was one. */
  public Optional<Duration> interval() {
    return jdbc.sql(
            "select interval_seconds from scheduler_ticks where slot is not null order by slot desc limit 1")
        .query(Integer.class)
        .optional()
        .map(Duration::ofSeconds);
  }

  /** How long, by the database's clock, until the next interval begins. */
  public Duration untilNextInterval(Duration interval) {
    long now =
        jdbc.sql("select (extract(epoch from clock_timestamp()) * 1000)::bigint")
            .query(Long.class)
            .single();
    return Duration.ofMillis(interval.toMillis() - Math.floorMod(now, interval.toMillis()));
  }

  /**
   * Marks a tick as processed. Call it first in the transaction that claims what is due: a second
   * one for the same tick waits for the first to commit, and then gets nothing.
   */
  public Optional<Tick> take(UUID tickId) {
    return jdbc.sql(
            """
            update scheduler_ticks set processed_at = now()
            where id = :id and processed_at is null
            returning id, project_id, max_due, trigger
            """)
        .param("id", tickId)
        .query(TickLog::row)
        .optional();
  }

  /** Writes how many schedules the tick claimed. */
  public void claimed(UUID tickId, int due) {
    jdbc.sql("update scheduler_ticks set due_count = :due where id = :id")
        .param("due", due)
        .param("id", tickId)
        .update();
  }

  /** Ticks that nobody processed within the given time, oldest first. */
  public List<Tick> unprocessed(Duration since, int limit) {
    return jdbc.sql(
            """
            select id, project_id, max_due, trigger from scheduler_ticks
            where processed_at is null and requested_at < now() - make_interval(secs => :since)
            order by requested_at limit :limit
            """)
        .param("since", since.toMillis() / 1000.0)
        .param("limit", limit)
        .query(TickLog::row)
        .list();
  }

  /**
   * Deletes ticks that are older than the given time, at most {@code limit}. The timer's last
   * processed one stays, for it tells since when no other was.
   *
   * @return how many were deleted
   */
  public int prune(Duration olderThan, int limit) {
    return jdbc.sql(
            """
            delete from scheduler_ticks where id in (
              select id from scheduler_ticks
              where requested_at < now() - make_interval(secs => :age)
                and id is distinct from (
                  select id from scheduler_ticks where slot is not null and processed_at is not null
                  order by slot desc limit 1)
              order by requested_at limit :limit
              for update skip locked)
            """)
        .param("age", olderThan.toSeconds())
        .param("limit", limit)
        .update();
  }

  public Optional<Tick> find(UUID tickId) {
    return jdbc.sql("select id, project_id, max_due, trigger from scheduler_ticks where id = :id")
        .param("id", tickId)
        .query(TickLog::row)
        .optional();
  }

  /** What became of a tick; empty when there is no such tick. */
  public Optional<TickOutcome> outcome(UUID tickId) {
    Optional<Boolean> claimed =
        jdbc.sql("select processed_at is not null from scheduler_ticks where id = :id")
            .param("id", tickId)
            .query(Boolean.class)
            .optional();
    return claimed.map(done -> new TickOutcome(done, started(tickId)));
  }

  private List<TickOutcome.Started> started(UUID tickId) {
    return jdbc.sql(
            """
            select w.project_id, s.job_type, w.job_run_id, r.status, w.coalesced, w.skipped, w.reason, r.error
            from worker_runs w
            join scheduled_jobs s on s.id = w.scheduled_job_id
            left join job_runs r on r.id = w.job_run_id
            where w.tick_id = :id order by w.id
            """)
        .param("id", tickId)
        .query(TickLog::started)
        .list();
  }

  private static TickOutcome.Started started(ResultSet row, int number) throws SQLException {
    String status = row.getString("status");
    return new TickOutcome.Started(
        Columns.uuid(row, "project_id"),
        JobType.of(row.getString("job_type")),
        row.getObject("job_run_id", UUID.class),
        status == null ? null : RunStatus.of(status),
        row.getBoolean("coalesced"),
        row.getBoolean("skipped"),
        row.getString("reason"),
        row.getString("error"));
  }

  private static Tick row(ResultSet row, int number) throws SQLException {
    return new Tick(
        Columns.uuid(row, "id"),
        row.getObject("project_id", UUID.class),
        row.getInt("max_due"),
        row.getString("trigger"));
  }
}
