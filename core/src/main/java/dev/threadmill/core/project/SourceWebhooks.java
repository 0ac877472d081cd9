package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.database.Together;
import dev.threadmill.core.project.Secrets.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The columns of {@code project_sources} that say which webhooks a source takes. */
@Repository
public final class SourceWebhooks {
  private final JdbcClient jdbc;
  private final Secrets secrets;
  private final Together<UUID, Optional<Access>> found =
      new Together<>("webhook-sources", this::find);

  public SourceWebhooks(JdbcClient jdbc, Secrets secrets) {
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  /**
   * Which webhooks a source takes.
   *
   * @param secret signs them; null: there is none
   * @param unsigned whether such without a signature are taken, as old servers send them
   */
  public record Access(
      UUID sourceId, UUID projectId, long accountId, @Nullable String secret, boolean unsigned) {
    @Override
    public String toString() {
      return "webhooks of source " + sourceId;
    }
  }

  /**
   * Empty when there is no such source, or its project is archived. Who asks at the same time
   * shares a statement.
   *
   * @throws IllegalStateException when its secret can't be decrypted
   */
  public Optional<Access> find(UUID sourceId) {
    return found.ask(sourceId);
  }

  private List<Optional<Access>> find(List<UUID> sourceIds) {
    Map<UUID, Access> known = new HashMap<>();
    jdbc.sql(
            """
            select s.id, s.project_id, s.external_id, s.webhook_secret, s.webhook_unsigned
            from project_sources s join projects p on p.id = s.project_id
            where s.id = any (:ids) and s.removed_at is null and p.archived_at is null
            """)
        .param("ids", sourceIds.toArray(UUID[]::new))
        .query(
            row -> {
              Access access = access(row);
              known.put(access.sourceId(), access);
            });
    return sourceIds.stream().map(id -> Optional.ofNullable(known.get(id))).toList();
  }

  private Access access(ResultSet row) throws SQLException {
    UUID id = Columns.uuid(row, "id");
    byte[] secret = row.getBytes("webhook_secret");
    return new Access(
        id,
        Columns.uuid(row, "project_id"),
        Long.parseLong(row.getString("external_id")),
        secret == null ? null : secrets.decrypt(secret, id, Column.WEBHOOK_SECRET),
        row.getBoolean("webhook_unsigned"));
  }

  /** Sets whether a source takes webhooks without a signature; its secret stays. */
  public void takeUnsigned(UUID sourceId, boolean unsigned) {
    jdbc.sql(
            """
            update project_sources set webhook_unsigned = :unsigned
            where id = :id and webhook_unsigned <> :unsigned
            """)
        .param("id", sourceId)
        .param("unsigned", unsigned)
        .update();
  }

  /** Sets the secret that webhooks are signed with; null takes it away. */
  public void setSecret(UUID sourceId, @Nullable String secret) {
    jdbc.sql("update project_sources set webhook_secret = :secret where id = :id")
        .param("id", sourceId)
        .param(
            "secret",
            secret == null ? null : secrets.encrypt(secret, sourceId, Column.WEBHOOK_SECRET))
        .update();
  }

  /** Sets what a source takes; a null secret removes it. */
  public void set(UUID sourceId, @Nullable String secret, boolean unsigned) {
    jdbc.sql(
            """
            update project_sources
            set webhook_secret = :secret, webhook_unsigned = :unsigned where id = :id
            """)
        .param("id", sourceId)
        .param(
            "secret",
            secret == null ? null : secrets.encrypt(secret, sourceId, Column.WEBHOOK_SECRET))
        .param("unsigned", unsigned)
        .update();
  }
}
