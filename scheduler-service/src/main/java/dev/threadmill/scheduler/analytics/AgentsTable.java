package dev.threadmill.scheduler.analytics;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code analytics_agents}: the names of those whom conversations are assigned to. */
@Repository
class AgentsTable {
  private final JdbcClient jdbc;

  AgentsTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Keeps the names that these conversations show; of several the one that changed last. */
  void remember(UUID project, List<String> conversations) {
    jdbc.sql(
            """
            insert into analytics_agents as a (project_id, agent_id, name)
            select distinct on (assignee_id) project_id, assignee_id, assignee_name from cw_conversations
            where global_id = any (:ids) and project_id = :project and assignee_id is not null
              and assignee_name is not null and deleted_at is null
            order by assignee_id, changed_at desc, global_id
            on conflict (project_id, agent_id) do update set name = excluded.name where a.name <> excluded.name
            """)
        .param("project", project)
        .param("ids", conversations.toArray(String[]::new))
        .update();
  }
}
