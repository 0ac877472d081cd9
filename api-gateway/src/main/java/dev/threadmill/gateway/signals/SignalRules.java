package dev.threadmill.gateway.signals;

import dev.threadmill.core.signal.PhraseRule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code signal_rules}. */
@Repository
class SignalRules {
  private final JdbcClient jdbc;

  SignalRules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<SignalRule> list(UUID project) {
    return jdbc.sql(
            """
            select name, type, severity, confidence, phrases, unless, matches, ignores from signal_rules
            where project_id = :project order by name
            """)
        .param("project", project)
        .query(
            (row, number) ->
                new SignalRule(
                    row.getString("name"),
                    row.getString("type"),
                    row.getInt("severity"),
                    row.getDouble("confidence"),
                    texts(row, "phrases"),
                    texts(row, "unless"),
                    texts(row, "matches"),
                    texts(row, "ignores")))
        .list();
  }

  /** Two who replace them at once take turns, from here to the end of their transactions. */
  void lock(UUID project) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended('signal_rules ' || :project, 0))")
        .param("project", project.toString())
        .query((row, number) -> true)
        .list();
  }

  /** These and no others are the project's rules, once the transaction ends. */
  void replace(UUID project, Collection<PhraseRule> rules) {
    jdbc.sql("delete from signal_rules where project_id = :project")
        .param("project", project)
        .update();
    for (PhraseRule rule : rules) {
      jdbc.sql(
              """
              insert into signal_rules (project_id, name, type, severity, confidence, phrases, unless, matches, ignores)
              values (:project, :name, :type, :severity, :confidence, :phrases, :unless, :matches, :ignores)
              """)
          .param("project", project)
          .param("name", rule.id())
          .param("type", rule.type().wireName())
          .param("severity", rule.severity())
          .param("confidence", rule.confidence())
          .param("phrases", rule.phrases().toArray(String[]::new))
          .param("unless", rule.unless().toArray(String[]::new))
          .param("matches", rule.matches().toArray(String[]::new))
          .param("ignores", rule.ignores().toArray(String[]::new))
          .update();
    }
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }
}
