package dev.threadmill.scheduler.tick;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleRows;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code scheduled_jobs}, seen by a tick. All times are the database's. */
@Repository
class DueSchedules {
  private final JdbcClient jdbc;

  DueSchedules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Locks due schedules, the longest due first, passing over those that another tick holds.
   *
   * @param projectId only this project's; null for all
   */
  List<DueSchedule> lock(@Nullable UUID projectId, int limit) {
    return jdbc.sql(
            """
            select %s, now() as now,
              (select p.archived_at is not null from projects p where p.id = s.project_id) as archived
            from scheduled_jobs s
            where s.status = 'active' and s.next_run_at <= now()
            %s
            order by s.next_run_at, s.id
            limit :limit
            for update of s skip locked
            """
                .formatted(
                    ScheduleRows.COLUMNS, projectId == null ? "" : "and s.project_id = :project"))
        .param("project", projectId)
        .param("limit", limit)
        .query(DueSchedules::row)
        .list();
  }

  /** Moves the schedules on to the next point of their grid, and remembers what they catch up. */
  void moveOn(List<Plan.Move> moves) {
    jdbc.sql(
            """
            update scheduled_jobs s
            set next_run_at = n.next_run_at::timestamptz, next_jitter_ms = n.next_jitter_ms, updated_at = now()
            from unnest(:ids::bigint[], :nexts::text[], :jitters::integer[]) as n (id, next_run_at, next_jitter_ms)
            where s.id = n.id
            """)
        .param("ids", Columns.texts(moves.stream().map(Plan.Move::schedule).toList()))
        .param("nexts", Columns.texts(moves.stream().map(move -> move.next().at()).toList()))
        .param(
            "jitters",
            Columns.texts(moves.stream().map(move -> move.next().jitter().toMillis()).toList()))
        .update();
    catchUpLater(moves.stream().filter(move -> !move.later().isEmpty()).toList());
  }

  private void catchUpLater(List<Plan.Move> moves) {
    if (moves.isEmpty()) {
      return;
    }
    List<Long> ids = new ArrayList<>();
    List<Instant> points = new ArrayList<>();
    for (Plan.Move move : moves) {
      ids.addAll(Collections.nCopies(move.later().size(), move.schedule()));
      points.addAll(move.later());
    }
    jdbc.sql(
            """
            update scheduled_jobs s
            set catch_up_at = (s.catch_up_at || n.points)
              [greatest(1, cardinality(s.catch_up_at) + cardinality(n.points) - s.catch_up_cap + 1):]
            from (
              select id, array_agg(point order by nth) as points
              from unnest(:ids::bigint[], :points::timestamptz[]) with ordinality as u (id, point, nth)
              group by id) n
            where s.id = n.id
            """)
        .param("ids", Columns.texts(ids))
        .param("points", Columns.texts(points))
        .update();
  }

  /**
   * The oldest missed time of a schedule.
   *
   * @param mayRunNow false outside of the schedule's window
   */
  record Missed(DueTime due, boolean mayRunNow) {}

  /**
   * Locks schedules that have missed times to run, no run of theirs under way and no failure to get
   * over first.
   *
   * @param after the id of the last schedule that was looked at before
   */
  List<Missed> lockCatchingUp(long after, int limit) {
    return jdbc.sql(
            """
            select %s, s.catch_up_at[1] as missed, now() as now from scheduled_jobs s
            where s.id > :after and s.catch_up_at <> '{}' and s.status = 'active' and s.consecutive_failures = 0
              and not exists (
                select from worker_runs w where w.scheduled_job_id = s.id and w.settled_at is null)
              and not exists (
                select from job_runs r where r.project_id = s.project_id and r.job_name = s.job_type
                  and r.status in ('queued', 'running'))
              and exists (select from projects p where p.id = s.project_id and p.archived_at is null)
            order by s.id limit :limit
            for update of s skip locked
            """
                .formatted(ScheduleRows.COLUMNS))
        .param("after", after)
        .param("limit", limit)
        .query(DueSchedules::missed)
        .list();
  }

  /** Takes the oldest missed time off the schedules. */
  void caughtUp(List<DueTime> missed) {
    jdbc.sql(
            "update scheduled_jobs set catch_up_at = catch_up_at[2:], updated_at = now() where id = any(:ids::bigint[])")
        .param("ids", Columns.texts(missed.stream().map(DueTime::scheduleId).toList()))
        .update();
  }

  /** Suspends a schedule that can't go on until somebody changes it. */
  void suspend(long id, String why) {
    jdbc.sql(
            """
            update scheduled_jobs
            set status = 'suspended', status_reason = :why, status_changed_by = 'scheduler',
                status_changed_at = now(), updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("why", why)
        .update();
  }

  private static DueSchedule row(ResultSet row, int number) throws SQLException {
    return new DueSchedule(
        ScheduleRows.row(row, number),
        Columns.requiredInstant(row, "now"),
        row.getBoolean("archived"));
  }

  private static Missed missed(ResultSet row, int number) throws SQLException {
    ScheduleRow schedule = ScheduleRows.row(row, number);
    var due =
        new DueTime(
            schedule.id(),
            schedule.projectId(),
            schedule.jobType(),
            Columns.requiredInstant(row, "missed"),
            schedule.settings().overlap(),
            "caught up; %d more to come".formatted(schedule.catchingUp() - 1));
    return new Missed(due, inWindow(schedule.settings(), Columns.requiredInstant(row, "now")));
  }

  private static boolean inWindow(ScheduleSettings settings, Instant now) {
    Window window = settings.window();
    try {
      return window == null || window.contains(now, settings.zone());
    } catch (IllegalArgumentException unknownZone) {
      // The next tick that finds it due suspends it with the reason.
      return false;
    }
  }
}
