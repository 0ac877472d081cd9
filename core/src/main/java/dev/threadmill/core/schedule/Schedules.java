package dev.threadmill.core.schedule;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table {@code scheduled_jobs}, seen by people: its settings, pausing and resuming. Times that
 * pass and outcomes are the scheduler's to write. All times are the database's.
 */
@Repository
public final class Schedules {
  private final JdbcClient jdbc;
  private final JsonMapper json;

  public Schedules(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  public List<ScheduleRow> ofProject(UUID projectId) {
    return jdbc.sql(
            "select %s from scheduled_jobs s where s.project_id = :project order by s.id"
                .formatted(ScheduleRows.COLUMNS))
        .param("project", projectId)
        .query(ScheduleRows::row)
        .list();
  }

  public Optional<ScheduleRow> find(UUID projectId, JobType job) {
    return one(projectId, job, "");
  }

  /** Locks a schedule for the rest of the transaction: no tick takes it meanwhile. */
  public Optional<ScheduleRow> lock(UUID projectId, JobType job) {
    return one(projectId, job, "for update");
  }

  private Optional<ScheduleRow> one(UUID projectId, JobType job, String locking) {
    return jdbc.sql(
            """
            select %s from scheduled_jobs s
            where s.project_id = :project and s.job_type = :job %s
            """
                .formatted(ScheduleRows.COLUMNS, locking))
        .param("project", projectId)
        .param("job", job.wireName())
        .query(ScheduleRows::row)
        .optional();
  }

  /** The database's time: that of the transaction, where there is one. */
  public Instant now() {
    return jdbc.sql("select now() as now")
        .query((row, number) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /** Writes what people set, and when the job is due next by it. */
  public void change(long id, ScheduleSettings settings, ScheduleSettings.Due next) {
    Window window = settings.window();
    jdbc.sql(
            """
            update scheduled_jobs
            set cadence_seconds = :seconds::integer, cron = :cron, time_zone = :zone, jitter_seconds = :jitter,
                window_from = :from::time, window_until = :until::time, window_days = :days::smallint[],
                catch_up = :catch_up, catch_up_cap = :cap, overlap = :overlap, run_on_change = :run_on_change,
                catch_up_at = case when :catch_up = 'all'
                                   then catch_up_at[greatest(1, cardinality(catch_up_at) - :cap + 1):] else '{}' end,
                payload = :payload::jsonb, next_run_at = :next, next_jitter_ms = :next_jitter, updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("seconds", settings.cadenceSeconds())
        .param("cron", settings.cron())
        .param("zone", settings.timeZone())
        .param("jitter", settings.jitterSeconds())
        .param("from", window == null ? null : window.from().toString())
        .param("until", window == null ? null : window.until().toString())
        .param("days", window == null ? null : days(window.days()))
        .param("catch_up", settings.catchUp().wireName())
        .param("cap", settings.catchUpCap())
        .param("overlap", settings.overlap().wireName())
        .param("run_on_change", settings.runOnChange())
        .param("payload", json.writeValueAsString(settings.payload()))
        .param("next", Columns.parameter(next.at()))
        .param("next_jitter", next.jitter().toMillis())
        .update();
  }

  private static String @Nullable [] days(Collection<DayOfWeek> days) {
    return days.size() == DayOfWeek.values().length
        ? null
        : Columns.texts(days.stream().map(DayOfWeek::getValue).toList());
  }

  /** Takes a schedule out of the ticks; it keeps its grid. */
  public void pause(long id, @Nullable String reason, String by) {
    jdbc.sql(
            """
            update scheduled_jobs
            set status = 'paused', status_reason = :reason, status_changed_by = :by, status_changed_at = now(),
                updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("reason", reason)
        .param("by", by)
        .update();
  }

  /** Gives it back to the ticks, with no failures to its name. */
  public void resume(long id, String by) {
    jdbc.sql(
            """
            update scheduled_jobs
            set status = 'active', status_reason = null, status_changed_by = :by, status_changed_at = now(),
                consecutive_failures = 0, updated_at = now()
            where id = :id
            """)
        .param("id", id)
        .param("by", by)
        .update();
  }
}
