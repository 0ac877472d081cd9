package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.project.Secrets.Column;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
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
        .map(encrypted -> secrets.decrypt(encrypted, sourceId, Column.CREDENTIALS));
  }

  /** Sets the token that the source's account is read with; null takes it away. */
  public void setApiToken(UUID sourceId, @Nullable String token) {
    jdbc.sql("update project_sources set credentials = :token, updated_at = now() where id = :id")
        .param("token", token == null ? null : secrets.encrypt(token, sourceId, Column.CREDENTIALS))
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

  private enum State {
    ABSENT,
    CURRENT,
    OLD,
    UNREADABLE
  }

  private record Row(UUID id, Map<Column, byte[]> secrets) {}

  /**
   * Encrypts the secrets of some sources with the key that encrypts now, each by itself: one that
   * nobody can read keeps no other from it. Must be called in a transaction.
   *
   * @param after only sources with a larger id; null: from the first one on
   */
  public Batch encryptAnew(@Nullable UUID after, int limit) {
    List<Row> rows =
        jdbc.sql(
                """
                select id, credentials, webhook_secret from project_sources
                where removed_at is null and (:after::uuid is null or id > :after::uuid)
                order by id limit :limit
                for no key update
                """)
            .param("after", after)
            .param("limit", limit)
            .query(SourceSecrets::row)
            .list();
    List<UUID> unreadable =
        rows.stream().filter(row -> has(row, State.UNREADABLE)).map(Row::id).toList();
    List<Row> old = rows.stream().filter(row -> has(row, State.OLD)).toList();
    for (Row row : old) {
      for (Column column : Column.values()) {
        if (state(row, column) == State.OLD) {
          write(row, column);
        }
      }
    }
    return new Batch(
        rows.size(), old.size(), unreadable, rows.size() < limit ? null : rows.getLast().id());
  }

  private boolean has(Row row, State state) {
    return Arrays.stream(Column.values()).anyMatch(column -> state(row, column) == state);
  }

  private State state(Row row, Column column) {
    byte[] encrypted = row.secrets().get(column);
    if (encrypted == null) {
      return State.ABSENT;
    }
    if (secrets.isCurrent(encrypted, row.id(), column)) {
      return State.CURRENT;
    }
    try {
      var unused = secrets.decrypt(encrypted, row.id(), column);
      return State.OLD;
    } catch (UnreadableSecretException unreadable) {
      return State.UNREADABLE;
    }
  }

  private void write(Row row, Column column) {
    byte[] encrypted = Objects.requireNonNull(row.secrets().get(column));
    String text = secrets.decrypt(encrypted, row.id(), column);
    jdbc.sql("update project_sources set %s = :secret where id = :id".formatted(name(column)))
        .param("secret", secrets.encrypt(text, row.id(), column))
        .param("id", row.id())
        .update();
  }

  private static Row row(ResultSet row, int number) throws SQLException {
    Map<Column, byte[]> secrets = new EnumMap<>(Column.class);
    for (Column column : Column.values()) {
      byte[] encrypted = row.getBytes(name(column));
      if (encrypted != null) {
        secrets.put(column, encrypted);
      }
    }
    return new Row(Columns.uuid(row, "id"), secrets);
  }

  private static String name(Column column) {
    return column.name().toLowerCase(Locale.ROOT);
  }
}
