package dev.threadmill.bench.embedding;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;

/** Another way to get texts embedded and into PostgreSQL. */
interface Peer extends AutoCloseable {
  String name();

  /** So many requests are under way at once. */
  int threads();

  /** Embeds and stores all of the texts; returns when they are committed. */
  void embed(List<String> texts) throws Exception;

  HikariDataSource pool();

  /** Where the vectors are stored, in a column {@code embedding}. */
  String table();

  /** The column with the text. */
  String text();

  /** What it sends for a stored text. */
  default String sent(String stored) {
    return stored;
  }

  /** How many rows with a vector there are. */
  default long stored() throws SQLException {
    try (var connection = pool().getConnection();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "select count(*) from " + table() + " where embedding is not null")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  default void close() {
    pool().close();
  }
}
