package dev.threadmill.gateway.contacts;

import dev.threadmill.core.database.Columns;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What contacts are called, where a list has their ids alone. */
@Repository
public class ContactNames {
  private final JdbcClient jdbc;

  ContactNames(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** By global id; those that have no name, or are gone, are not in it. */
  public Map<String, String> of(UUID project, Collection<String> globalIds) {
    Map<String, String> names = new HashMap<>();
    if (!globalIds.isEmpty()) {
      jdbc.sql(
              """
              select global_id, name from cw_contacts
              where global_id = any (:ids::text[]) and project_id = :project and deleted_at is null and name <> ''
              """)
          .param("ids", Columns.texts(globalIds))
          .param("project", project)
          .query((row, number) -> names.put(row.getString("global_id"), row.getString("name")))
          .list();
    }
    return names;
  }
}
