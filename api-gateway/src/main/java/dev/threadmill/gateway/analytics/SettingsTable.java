package dev.threadmill.gateway.analytics;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code analytics_settings}: what people set. */
@Repository
class SettingsTable {
  private final JdbcClient jdbc;

  SettingsTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<BusinessHours> find(UUID project) {
    return jdbc.sql(
            """
            select business_days, left(business_from::text, 5) as opens, left(business_until::text, 5) as closes
            from analytics_settings where project_id = :project and business_days is not null
            """)
        .param("project", project)
        .query(SettingsTable::hours)
        .optional();
  }

  private static BusinessHours hours(ResultSet row, int number) throws SQLException {
    var days = Arrays.stream((Object[]) row.getArray("business_days").getArray());
    return BusinessHours.of(
        days.map(day -> ((Number) day).intValue()).toList(),
        row.getString("opens"),
        row.getString("closes"));
  }

  /** The job sees it with its next run, and computes anew what depends on it. */
  void save(UUID project, @Nullable BusinessHours hours) {
    jdbc.sql(
            """
            insert into analytics_settings (project_id, business_days, business_from, business_until)
            values (:project, :days::smallint[], :from::time, :until::time)
            on conflict (project_id) do update
            set business_days = excluded.business_days, business_from = excluded.business_from,
              business_until = excluded.business_until, updated_at = now()
            """)
        .param("project", project)
        .param(
            "days",
            hours == null
                ? null
                : hours.numbers().stream().map(String::valueOf).toArray(String[]::new))
        .param("from", hours == null ? null : hours.from())
        .param("until", hours == null ? null : hours.until())
        .update();
  }
}
