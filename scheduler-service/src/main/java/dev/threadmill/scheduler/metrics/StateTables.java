package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads the tables of all services for metrics. What a statement costs grows with the number of
 * projects and schedules, never with what they hold: counts come from the counters that triggers
 * keep, ages from the first entry of an index. All times are the database's.
 */
@Repository
class StateTables {
  private final JdbcClient jdbc;

  StateTables(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A number of a project. */
  record OfProject(UUID project, double value) {
    private static OfProject row(ResultSet row, int number) throws SQLException {
      return new OfProject(Columns.uuid(row, "project_id"), row.getDouble("value"));
    }
  }

  /**
   * How many rows of a kind a project has.
   *
   * @param kind {@code messages}, {@code chunks_pending} and so on
   */
  record Counted(UUID project, String kind, double value) {}

  List<Counted> counts() {
    return jdbc.sql(
            """
            select project_id, kind, sum(n) as value from (
              select project_id, kind, n from row_counts
              union all select project_id, kind, delta from row_count_changes) counted
            group by project_id, kind
            """)
        .query(
            (row, number) ->
                new Counted(
                    Columns.uuid(row, "project_id"), row.getString("kind"), row.getDouble("value")))
        .list();
  }

  /**
   * For how many seconds a project's chunk has been due for its vector; 0 where none is.
   *
   * @param without projects whose chunks wait for something else than a worker
   */
  List<OfProject> oldestPending(Set<UUID> without) {
    return jdbc.sql(
            """
            select p.id as project_id, greatest(0, coalesce(extract(epoch from now() - o.next_attempt_at), 0)) as value
            from projects p left join lateral (
              select c.next_attempt_at from rag_chunks c
              where c.project_id = p.id and c.embedding_status = 'pending'
              order by c.next_attempt_at, c.id limit 1) o on true
            where p.id <> all (:without)
            """)
        .param("without", without.toArray(UUID[]::new))
        .query(OfProject::row)
        .list();
  }

  /**
   * How many seconds ago everything was stored that a project's sources showed. A source that never
   * was complete counts from its binding; a project whose sync somebody paused is left out. Where
   * the sync rests between the hours of a window or the times of a cron expression, it counts up to
   * its last run: nothing is read in between.
   */
  List<OfProject> completenessAge() {
    return jdbc.sql(
            """
            select s.project_id,
              max(greatest(0, extract(epoch from
                case when j.cron is null and j.window_from is null then now()
                     else coalesce(j.last_run_at, s.created_at) end
                - coalesce((w.meta ->> 'complete_as_of')::timestamptz, s.created_at)))) as value
            from project_sources s join projects p on p.id = s.project_id and p.archived_at is null
            left join sync_watermarks w on w.project_id = s.project_id and w.source = 'chatwoot:' || s.external_id
            left join scheduled_jobs j on j.project_id = s.project_id and j.job_type = 'chatwoot_sync'
            where s.removed_at is null and j.status is distinct from 'paused'
            group by s.project_id
            """)
        .query(OfProject::row)
        .list();
  }

  /** Conversations of a project whose reading failed; two partial indexes hold no others. */
  List<OfProject> setAside() {
    return jdbc.sql(
            """
            select project_id, sum(n) as value from (
              select project_id, count(*) as n from cw_conversations
              where read_failures > 0 and deleted_at is null group by project_id
              union all
              select s.project_id, count(*) from sync_unanswered u join project_sources s on s.id = u.source_id
              where u.failures > 0 group by s.project_id) counted
            group by project_id
            """)
        .query(OfProject::row)
        .list();
  }

  /**
   * Runs that have not ended.
   *
   * @param oldestDue for how many seconds one of them has been due; 0 unless queued
   */
  record ActiveRuns(String jobType, String status, double number, double oldestDue) {}

  List<ActiveRuns> activeRuns() {
    return jdbc.sql(
            """
            select job_name, status, count(*) as n,
              greatest(0, coalesce(max(extract(epoch from now() - due_at)) filter (where status = 'queued'), 0)) as oldest
            from job_runs where status in ('queued', 'running') group by job_name, status
            """)
        .query(
            (row, number) ->
                new ActiveRuns(
                    row.getString("job_name"),
                    row.getString("status"),
                    row.getDouble("n"),
                    row.getDouble("oldest")))
        .list();
  }

  /**
   * @param due whose time has come
   * @param overdue that were due two intervals and half a minute ago
   */
  record Schedules(double active, double paused, double suspended, double due, double overdue) {
    static final Schedules UNKNOWN =
        new Schedules(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  Schedules schedules(double intervalSeconds) {
    return jdbc.sql(
            """
            select count(*) filter (where status = 'active') as active,
              count(*) filter (where status = 'paused') as paused,
              count(*) filter (where status = 'suspended') as suspended,
              count(*) filter (where status = 'active' and next_run_at <= now()) as due,
              count(*) filter (where status = 'active' and next_run_at < now() - make_interval(secs => :late)) as overdue
            from scheduled_jobs
            """)
        .param("late", 2 * intervalSeconds + 30)
        .query(
            (row, number) ->
                new Schedules(
                    row.getDouble("active"),
                    row.getDouble("paused"),
                    row.getDouble("suspended"),
                    row.getDouble("due"),
                    row.getDouble("overdue")))
        .single();
  }

  /**
   * @param age seconds since the interval of the timer's last processed tick began; before the
   *     first since the oldest project was made, and NaN while there is none
   * @param lag age of the oldest tick that nobody has processed
   */
  record Ticks(double age, double lag, double intervalSeconds) {
    static final Ticks UNKNOWN = new Ticks(Double.NaN, Double.NaN, Double.NaN);
  }

  /** Each number for itself: where no tick was ever processed, the others are wanted most. */
  Ticks ticks() {
    return jdbc.sql(
            """
            select
              coalesce(extract(epoch from now() - coalesce(
                (select slot from scheduler_ticks where slot is not null and processed_at is not null
                 order by slot desc limit 1),
                (select min(created_at) from projects)))::float8, 'NaN') as age,
              greatest(0, coalesce((select extract(epoch from now() - min(requested_at)) from scheduler_ticks
                                    where processed_at is null), 0)) as lag,
              coalesce((select interval_seconds from scheduler_ticks where slot is not null
                        order by slot desc limit 1), 60) as interval_seconds
            """)
        .query(
            (row, number) ->
                new Ticks(
                    row.getDouble("age"), row.getDouble("lag"), row.getDouble("interval_seconds")))
        .single();
  }

  /** PostgreSQL's own statistics of this database. */
  record Server(
      double connections,
      double maxConnections,
      double commits,
      double rollbacks,
      double blocksHit,
      double blocksRead,
      double deadlocks) {
    static final Server UNKNOWN = new Server(Double.NaN, Double.NaN, 0, 0, 0, 0, 0);

    /** What it counted stays, for counters only grow. */
    Server unreachable() {
      return new Server(
          Double.NaN, Double.NaN, commits, rollbacks, blocksHit, blocksRead, deadlocks);
    }
  }

  Server server() {
    return jdbc.sql(
            """
            select numbackends, current_setting('max_connections')::integer as allowed, xact_commit, xact_rollback,
              blks_hit, blks_read, deadlocks
            from pg_stat_database where datname = current_database()
            """)
        .query(
            (row, number) ->
                new Server(
                    row.getDouble("numbackends"),
                    row.getDouble("allowed"),
                    row.getDouble("xact_commit"),
                    row.getDouble("xact_rollback"),
                    row.getDouble("blks_hit"),
                    row.getDouble("blks_read"),
                    row.getDouble("deadlocks")))
        .single();
  }
}
