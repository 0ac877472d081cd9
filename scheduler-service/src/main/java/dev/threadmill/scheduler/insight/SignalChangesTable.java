package dev.threadmill.scheduler.insight;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code health_signal_changes} and {@code analytics_signal_changes}: conversations whose signals
 * changed in a way that counts for that job. Triggers add to them.
 */
@Repository
public class SignalChangesTable {
  private final JdbcClient jdbc;

  SignalChangesTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes the oldest, each conversation once; must be called in the transaction that notes them for
   * the job.
   *
   * @param reader health or analytics; the other one makes the changes
   */
  public List<String> take(UUID project, ChangeReader reader, int limit) {
    return jdbc
        .sql(
            """
            delete from %1$s_signal_changes
            where project_id = :project and id in (
              select id from %1$s_signal_changes where project_id = :project order by id limit :limit)
            returning conversation_global_id
            """
                .formatted(reader.wireName()))
        .param("project", project)
        .param("limit", limit)
        .query(String.class)
        .list()
        .stream()
        .distinct()
        .toList();
  }
}
