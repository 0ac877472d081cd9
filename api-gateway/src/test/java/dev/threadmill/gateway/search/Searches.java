package dev.threadmill.gateway.search;

import static org.awaitility.Awaitility.await;

import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Searches of a project's messages, and locks on the tables that they read. */
abstract class Searches {
  @LocalServerPort private int port;
  @Autowired JdbcClient jdbc;

  Rows rows;
  Caller caller;

  @BeforeEach
  void a_project() {
    rows = new Rows(jdbc);
    caller = Caller.admin(port).of(rows.project);
  }

  static void lock(Connection connection, String table) {
    try (var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table " + table + " in access exclusive mode");
    } catch (SQLException failed) {
      throw new IllegalStateException(failed);
    }
  }

  void awaitWaiting(String table, long atLeast) {
    await().pollInterval(Duration.ofMillis(20)).until(() -> waiting(table) >= atLeast);
  }

  long waiting(String table) {
    return jdbc.sql(
            "select count(*) from pg_locks where relation = :table::regclass and not granted")
        .param("table", table)
        .query(Long.class)
        .single();
  }

  static List<Long> ids(JsonNode hits) {
    return ids(hits.valueStream().toList());
  }

  static List<Long> ids(List<JsonNode> hits) {
    return hits.stream().map(hit -> hit.path("message_id").asLong()).toList();
  }

  JsonNode search(String query) {
    return caller.post("/search", Map.of("query", query)).json().path("hits");
  }
}
