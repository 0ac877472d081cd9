package dev.threadmill.core.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How PostgreSQL's types that JDBC has no plain getter for become Java's, and back. */
public final class Columns {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Columns() {}

  /** A {@code timestamptz} that may be null. */
  public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
    return value == null ? null : value.toInstant();
  }

  /** A {@code timestamptz not null}. */
  public static Instant requiredInstant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  public static UUID uuid(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  public static @Nullable Long wholeNumber(ResultSet row, String column) throws SQLException {
    return row.getObject(column, Long.class);
  }

  /** A {@code jsonb} column; SQL null becomes JSON's null node. */
  public static JsonNode json(ResultSet row, String column) throws SQLException {
    String value = row.getString(column);
    return value == null ? JSON.nullNode() : JSON.readTree(value);
  }

  /** For a {@code timestamptz} parameter: the driver does not take an {@link Instant}. */
  public static @Nullable OffsetDateTime parameter(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  /** For an array parameter such as {@code :ids::uuid[]}: texts are what every cast takes. */
  public static String[] texts(Collection<?> values) {
    return values.stream().map(String::valueOf).toArray(String[]::new);
  }

  /** The same for values that may be null. */
  public static <T> @Nullable String[] textsOrNulls(
      Collection<T> values, Function<? super T, ? extends @Nullable Object> value) {
    var texts = new @Nullable String[values.size()];
    int i = 0;
    for (T each : values) {
      Object found = value.apply(each);
      texts[i++] = found == null ? null : found.toString();
    }
    return texts;
  }
}
