package dev.threadmill.gateway.health;

import dev.threadmill.core.database.Columns;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code health_overrides}. */
@Repository
class HealthOverrides {
  private final JdbcClient jdbc;

  HealthOverrides(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The clock by which an override expires. */
  Instant now() {
    return jdbc.sql("select now() as now")
        .query((row, number) -> Columns.requiredInstant(row, "now"))
        .single();
  }

  /** Takes the place of one that is there. */
  void put(
      UUID project, String contact, int score, String reason, String setBy, Instant expiresAt) {
    jdbc.sql(
            """
            insert into health_overrides (contact_global_id, project_id, score, reason, set_by, expires_at)
            values (:contact, :project, :score, :reason, :by, :expires)
            on conflict (contact_global_id) do update
            set score = excluded.score, reason = excluded.reason, set_by = excluded.set_by, set_at = now(),
                expires_at = excluded.expires_at
            """)
        .param("contact", contact)
        .param("project", project)
        .param("score", score)
        .param("reason", reason)
        .param("by", setBy)
        .param("expires", Columns.parameter(expiresAt))
        .update();
  }

  /** False when there is none that still holds. */
  boolean delete(String contact) {
    return jdbc.sql(
                "delete from health_overrides where contact_global_id = :contact and expires_at > now()")
            .param("contact", contact)
            .update()
        == 1;
  }
}
