package dev.threadmill.core.health;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code health_settings}: what people set through the gateway, and the scheduler goes
 * by.
 */
@Repository
public final class HealthSettingsTable {
  private final JdbcClient jdbc;

  HealthSettingsTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The defaults where nobody set anything. */
  public HealthSettings of(UUID project) {
    return jdbc.sql(
            """
            select settings_no, unanswered, response_latency, negative_signals, reopen_rate, silence, csat, set_by, set_at
            from health_settings where project_id = :project
            """)
        .param("project", project)
        .query(HealthSettingsTable::settings)
        .optional()
        .orElse(HealthSettings.DEFAULT);
  }

  /**
   * The scores of the project are made again with these by and by.
   *
   * @param by the name of who wants it
   */
  public HealthSettings change(UUID project, HealthWeights weights, String by) {
    return jdbc.sql(
            """
            insert into health_settings as s (project_id, settings_no, unanswered, response_latency, negative_signals,
              reopen_rate, silence, csat, set_by)
            values (:project, 1, :unanswered, :latency, :signals, :reopens, :silence, :csat, :by)
            on conflict (project_id) do update
            set settings_no = s.settings_no + 1, unanswered = excluded.unanswered,
                response_latency = excluded.response_latency, negative_signals = excluded.negative_signals,
                reopen_rate = excluded.reopen_rate, silence = excluded.silence, csat = excluded.csat,
                set_by = excluded.set_by, set_at = now()
            returning settings_no, unanswered, response_latency, negative_signals, reopen_rate, silence, csat, set_by,
              set_at
            """)
        .param("project", project)
        .param("unanswered", weights.unanswered())
        .param("latency", weights.responseLatency())
        .param("signals", weights.negativeSignals())
        .param("reopens", weights.reopenRate())
        .param("silence", weights.silence())
        .param("csat", weights.csat())
        .param("by", by)
        .query(HealthSettingsTable::settings)
        .single();
  }

  private static HealthSettings settings(ResultSet row, int number) throws SQLException {
    return new HealthSettings(
        row.getInt("settings_no"),
        new HealthWeights(
            row.getInt("unanswered"),
            row.getInt("response_latency"),
            row.getInt("negative_signals"),
            row.getInt("reopen_rate"),
            row.getInt("silence"),
            row.getInt("csat")),
        row.getString("set_by"),
        Columns.instant(row, "set_at"));
  }
}
