package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.SignalType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads {@code signal_rules}: what people added to the rules for their project. */
@Repository
class ProjectRules {
  private final JdbcClient jdbc;

  ProjectRules(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<PhraseRule> of(UUID project) {
    return jdbc.sql(
            """
                select name, type, severity, confidence, phrases, unless from signal_rules
                where project_id = :project order by name
                """)
        .param("project", project)
        .query(
            (row, n) ->
                new PhraseRule(
                    "project." + row.getString("name"),
                    null,
                    SignalType.of(row.getString("type")),
                    row.getInt("severity"),
                    row.getDouble("confidence"),
                    Arrays.asList((String[]) row.getArray("phrases").getArray()),
                    Arrays.asList((String[]) row.getArray("unless").getArray()),
                    Set.of(),
                    List.of(),
                    List.of()))
        .list();
  }
}
