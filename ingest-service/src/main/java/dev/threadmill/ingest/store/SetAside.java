package dev.threadmill.ingest.store;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** A conversation whose read failed, and when it is tried again. */
public record SetAside(long conversationId, String error, int failures, Instant retryAt) {
  static SetAside of(ResultSet row, int number) throws SQLException {
    return new SetAside(
        row.getLong("conversation_id"),
        row.getString("error"),
        row.getInt("failures"),
        Columns.requiredInstant(row, "retry_at"));
  }
}
