package dev.threadmill.scheduler.insight;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code health_signal_changes} and {@code analytics_signal_changes}: conversations whose signals
 * changed in a way that counts for that job. Triggers add to them.
 */
@Repository
public class SignalChangesTable {
  private static final Map<ChangeReader, String> TAKE =
      Map.of(
          ChangeReader.HEALTH,
          """
          delete from health_signal_changes
          where project_id = :project and id in (
            select id from health_signal_changes where project_id = :project order by id limit :limit)
          returning conversation_global_id
          """,
          ChangeReader.ANALYTICS,
          """
          delete from analytics_signal_changes
          where project_id = :project and id in (
            select id from analytics_signal_changes where project_id = :project order by id limit :limit)
          returning conversation_global_id
          """);

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
        .sql(Objects.requireNonNull(TAKE.get(reader)))
        .param("project", project)
        .param("limit", limit)
        .query(String.class)
        .list()
        .stream()
        .distinct()
        .toList();
  }
}
