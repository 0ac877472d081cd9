package dev.threadmill.core.schedule;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.job.JobType;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How a row of {@code scheduled_jobs} becomes a {@link ScheduleRow}, for all who read it. */
public final class ScheduleRows {
  /** The columns that {@link #row} needs, for {@code scheduled_jobs s}. */
  public static final String COLUMNS =
      """
      s.id, s.project_id, s.job_type, s.status, s.cadence_seconds, s.cron, s.time_zone, s.jitter_seconds, s.window_from,
      s.window_until, s.window_days, s.catch_up, s.catch_up_cap, s.overlap, s.run_on_change, s.payload, s.next_run_at,
      s.next_jitter_ms, s.last_run_at, s.last_status, s.last_error, s.last_error_class, s.consecutive_failures,
      cardinality(s.catch_up_at) as catching_up, s.status_reason, s.status_changed_by, s.status_changed_at
      """;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ScheduleRows() {}

  public static ScheduleRow row(ResultSet row, int number) throws SQLException {
    return new ScheduleRow(
        row.getLong("id"),
        Columns.uuid(row, "project_id"),
        JobType.of(row.getString("job_type")),
        row.getString("status"),
        settings(row),
        Columns.requiredInstant(row, "next_run_at"),
        Duration.ofMillis(row.getInt("next_jitter_ms")),
        Columns.instant(row, "last_run_at"),
        row.getString("last_status"),
        row.getString("last_error"),
        row.getString("last_error_class"),
        row.getInt("consecutive_failures"),
        row.getInt("catching_up"),
        row.getString("status_reason"),
        row.getString("status_changed_by"),
        Columns.instant(row, "status_changed_at"));
  }

  private static ScheduleSettings settings(ResultSet row) throws SQLException {
    return new ScheduleSettings(
        row.getObject("cadence_seconds", Integer.class),
        row.getString("cron"),
        row.getString("time_zone"),
        row.getInt("jitter_seconds"),
        window(row),
        CatchUp.of(row.getString("catch_up")),
        row.getInt("catch_up_cap"),
        Overlap.of(row.getString("overlap")),
        row.getBoolean("run_on_change"),
        payload(Columns.json(row, "payload")));
  }

  private static @Nullable Window window(ResultSet row) throws SQLException {
    LocalTime from = row.getObject("window_from", LocalTime.class);
    return from == null
        ? null
        : new Window(
            from,
            row.getObject("window_until", LocalTime.class),
            days(row.getArray("window_days")));
  }

  private static Set<DayOfWeek> days(@Nullable Array array) throws SQLException {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (array != null) {
      for (Object day : (Object[]) array.getArray()) {
        days.add(DayOfWeek.of(((Number) day).intValue()));
      }
    }
    return days;
  }

  private static Map<String, Object> payload(JsonNode json) {
    Map<String, Object> payload = new LinkedHashMap<>();
    json.properties()
        .forEach(
            field -> payload.put(field.getKey(), JSON.treeToValue(field.getValue(), Object.class)));
    return payload;
  }
}
