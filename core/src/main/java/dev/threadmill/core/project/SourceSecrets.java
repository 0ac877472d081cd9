package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The encrypted columns of {@code project_sources}. */
@Repository
public final class SourceSecrets {
  private final JdbcClient jdbc;
  private final Secrets secrets;

  public SourceSecrets(JdbcClient jdbc, Secrets secrets) {
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  /** Whether there is a key to encrypt with. */
  public boolean available() {
    return secrets.available();
  }

  /**
   * The token that the source's account is read with; empty when it has none of its own.
   *
   * @throws UnreadableSecretException when it can't be decrypted
   */
  public Optional<String> apiToken(UUID sourceId) {
    return jdbc.sql(
            "select credentials from project_sources where id = :id and credentials is not null")
        .param("id", sourceId)
        .query((row, number) -> row.getBytes("credentials"))
        .optional()
        .map(encrypted -> secrets.decrypt(encrypted, sourceId));
  }

  public void setApiToken(UUID sourceId, String token) {
    jdbc.sql("update project_sources set credentials = :token, updated_at = now() where id = :id")
        .param("token", secrets.encrypt(token, sourceId))
        .param("id", sourceId)
        .update();
  }

  /**
   * What was done with a batch of sources.
   *
   * @param sources how many were looked at
   * @param rewritten how many of these had a secret that an older key had encrypted
   * @param unreadable those with a secret that no key can read
   * @param last the id to go on after; null: there are no more
   */
  public record Batch(int sources, int rewritten, List<UUID> unreadable, @Nullable UUID last) {}

  private record Row(UUID id, byte @Nullable [] token, byte @Nullable [] webhook) {}

  /**
   * Encrypts the secrets of some sources with the key that encrypts now. Must be called in a
   * transaction.
   *
   * @param after only sources with a larger id; null: from the first one on
   */
  public Batch encryptAnew(@Nullable UUID after, int limit) {
    List<Row> rows =
        jdbc.sql(
                """
                select id, credentials, webhook_secret from project_sources
                where :after::uuid is null or id > :after::uuid order by id limit :limit
                for no key update
                """)
            .param("after", after)
            .param("limit", limit)
            .query(
                (row, number) ->
                    new Row(
                        Columns.uuid(row, "id"),
                        row.getBytes("credentials"),
                        row.getBytes("webhook_secret")))
            .list();
    List<UUID> unreadable = rows.stream().filter(row -> !readable(row)).map(Row::id).toList();
    List<Row> old = rows.stream().filter(row -> readable(row) && !current(row)).toList();
    old.forEach(this::write);
    return new Batch(
        rows.size(), old.size(), unreadable, rows.size() < limit ? null : rows.getLast().id());
  }

  private boolean readable(Row row) {
    try {
      var unused = List.of(text(row.token(), row.id()), text(row.webhook(), row.id()));
      return true;
    } catch (UnreadableSecretException unreadable) {
      return false;
    }
  }

  private boolean current(Row row) {
    return (row.token() == null || secrets.isCurrent(row.token(), row.id()))
        && (row.webhook() == null || secrets.isCurrent(row.webhook(), row.id()));
  }

  private void write(Row row) {
    jdbc.sql(
            """
            update project_sources set credentials = :token, webhook_secret = :webhook, updated_at = now()
            where id = :id
            """)
        .param("token", anew(row.token(), row.id()))
        .param("webhook", anew(row.webhook(), row.id()))
        .param("id", row.id())
        .update();
  }

  private byte @Nullable [] anew(byte @Nullable [] encrypted, UUID row) {
    return encrypted == null ? null : secrets.encrypt(text(encrypted, row), row);
  }

  private String text(byte @Nullable [] encrypted, UUID row) {
    return encrypted == null ? "" : secrets.decrypt(encrypted, row);
  }
}
