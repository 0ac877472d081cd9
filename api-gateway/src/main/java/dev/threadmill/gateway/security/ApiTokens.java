package dev.threadmill.gateway.security;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code api_tokens}. */
@Repository
class ApiTokens {
  private final JdbcClient jdbc;

  ApiTokens(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The caller behind a token that is neither expired nor revoked; that it was used is noted once a
   * minute.
   */
  Optional<Caller> find(byte[] hash) {
    // The look-up by hash is no timing oracle: who could choose hashes would have to invert
    // SHA-256.
    return find("token_hash = :value", hash);
  }

  /** The same by the token's own id. */
  Optional<Caller> find(UUID id) {
    return find("id = :value", id);
  }

  private Optional<Caller> find(String condition, Object value) {
    Optional<Found> found =
        jdbc.sql(
                """
                select id, name, scope, project_id, coalesce(last_used_at < now() - interval '1 minute', true) as unnoted
                from api_tokens
                where %s and revoked_at is null and (expires_at is null or expires_at > now())
                """
                    .formatted(condition))
            .param("value", value)
            .query((row, number) -> new Found(caller(row), row.getBoolean("unnoted")))
            .optional();
    // Nearly always there is nothing to write, and then the statement that writes is not planned.
    found.filter(Found::unnoted).map(Found::caller).map(Caller::tokenId).ifPresent(this::used);
    return found.map(Found::caller);
  }

  private record Found(Caller caller, boolean unnoted) {}

  private void used(UUID id) {
    jdbc.sql(
            """
            update api_tokens set last_used_at = now()
            where id = :id and (last_used_at is null or last_used_at < now() - interval '1 minute')
            """)
        .param("id", id)
        .update();
  }

  /** Whether there is no token that is neither expired nor revoked. */
  boolean isEmpty() {
    return jdbc.sql(
            """
            select not exists (
              select from api_tokens where revoked_at is null and (expires_at is null or expires_at > now()))
            """)
        .query(Boolean.class)
        .single();
  }

  private static Caller caller(ResultSet row) throws SQLException {
    UUID project = row.getObject("project_id") == null ? null : Columns.uuid(row, "project_id");
    return new Caller(
        Columns.uuid(row, "id"), row.getString("name"), Scope.of(row.getString("scope")), project);
  }
}
