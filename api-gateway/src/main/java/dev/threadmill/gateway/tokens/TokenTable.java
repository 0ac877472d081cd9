package dev.threadmill.gateway.tokens;

import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.security.Scope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code api_tokens}, seen by who gives tokens out. */
@Repository
class TokenTable {
  private static final String COLUMNS =
      "id, name, prefix, scope, project_id, created_at, expires_at, revoked_at, last_used_at";

  private final JdbcClient jdbc;

  TokenTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  TokenView insert(
      String name,
      String prefix,
      byte[] hash,
      Scope scope,
      @Nullable UUID projectId,
      @Nullable Instant expiresAt) {
    return jdbc.sql(
            """
            insert into api_tokens (name, prefix, token_hash, scope, project_id, expires_at)
            values (:name, :prefix, :hash, :scope, :project::uuid, :expires)
            returning\s"""
                + COLUMNS)
        .param("name", name)
        .param("prefix", prefix)
        .param("hash", hash)
        .param("scope", scope.wireName())
        .param("project", projectId)
        .param("expires", Columns.parameter(expiresAt))
        .query(TokenTable::view)
        .single();
  }

  /**
   * Those that are not revoked before the others, of each the newest first.
   *
   * @param projectId only those bound to this project; null: all
   */
  List<TokenView> list(@Nullable UUID projectId, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + """
                 from api_tokens where :project::uuid is null or project_id = :project::uuid
                order by revoked_at is not null, created_at desc, id limit :limit
                """)
        .param("project", projectId)
        .param("limit", limit)
        .query(TokenTable::view)
        .list();
  }

  /** Empty when there is no such token, or it is revoked already. */
  Optional<TokenView> revoke(UUID id, @Nullable UUID projectId) {
    return jdbc.sql(
            """
            update api_tokens set revoked_at = now()
            where id = :id and revoked_at is null and (:project::uuid is null or project_id = :project::uuid)
            returning\s"""
                + COLUMNS)
        .param("id", id)
        .param("project", projectId)
        .query(TokenTable::view)
        .optional();
  }

  private static TokenView view(ResultSet row, int number) throws SQLException {
    return new TokenView(
        Columns.uuid(row, "id"),
        row.getString("name"),
        row.getString("prefix"),
        Scope.of(row.getString("scope")),
        row.getObject("project_id", UUID.class),
        Columns.requiredInstant(row, "created_at"),
        Columns.instant(row, "expires_at"),
        Columns.instant(row, "revoked_at"),
        Columns.instant(row, "last_used_at"));
  }
}
