package dev.threadmill.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/** A look into the services' database, over a connection for each look: the server may go away. */
record Tables(String url, String user, String password) {

  /** What to do with a row. */
  interface Row {
    void read(ResultSet row) throws SQLException;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  long number(String query) {
    String text = text(query);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /** The first column of the first row, "" where there is none. */
  String text(String query) {
    StringBuilder first = new StringBuilder();
    each(
        query,
        row -> {
          if (first.isEmpty()) {
            first.append(row.getString(1));
          }
        });
    return first.toString();
  }

  Set<String> texts(String query) {
    Set<String> all = new HashSet<>();
    each(query, row -> all.add(row.getString(1)));
    return all;
  }

  void each(String query, Row what) {
    try (Connection connection = connect();
        var statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        what.read(rows);
      }
    } catch (SQLException failed) {
      throw new IllegalStateException(query, failed);
    }
  }

  void execute(String sql) {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new IllegalStateException(sql, failed);
    }
  }
}
