package dev.threadmill.scheduler.analytics;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code analytics_signal_changes}: conversations of which a signal came, went, was dismissed or
 * lost its last evidence.
 */
@Repository
class SignalChangesTable {
  private final JdbcClient jdbc;

  SignalChangesTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Takes the oldest; must be called in the transaction that notes their conversations. */
  List<String> take(UUID project, int limit) {
    return jdbc
        .sql(
            """
            delete from analytics_signal_changes
            where project_id = :project and id in (
              select id from analytics_signal_changes where project_id = :project order by id limit :limit)
            returning conversation_global_id
            """)
        .param("project", project)
        .param("limit", limit)
        .query(String.class)
        .list()
        .stream()
        .distinct()
        .toList();
  }
}
