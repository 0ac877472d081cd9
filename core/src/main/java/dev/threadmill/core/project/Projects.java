package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code projects}. */
@Repository
public final class Projects {
  private static final String DEFAULT_NAME = "default";

  private final JdbcClient jdbc;

  public Projects(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An empty installation gets the project {@code default}; safe when several services start at
   * once.
   */
  public void createDefaultIfEmpty() {
    jdbc.sql(
            """
            insert into projects (name)
            select :name where not exists (select from projects)
            on conflict (name) do nothing
            """)
        .param("name", DEFAULT_NAME)
        .update();
  }

  public Optional<Project> find(UUID id) {
    return jdbc.sql(
            "select id, name, time_zone, created_at from projects where id = :id and archived_at is null")
        .param("id", id)
        .query(Projects::row)
        .optional();
  }

  /** Since when a project is archived; empty when it is not, or there is none. */
  public Optional<Instant> archivedAt(UUID id) {
    return jdbc.sql("select archived_at from projects where id = :id and archived_at is not null")
        .param("id", id)
        .query((row, number) -> Columns.requiredInstant(row, "archived_at"))
        .optional();
  }

  /** All projects that are not archived, oldest first. */
  public List<Project> list() {
    return jdbc.sql(
            """
            select id, name, time_zone, created_at from projects
            where archived_at is null order by created_at, id
            """)
        .query(Projects::row)
        .list();
  }

  private static Project row(ResultSet row, int number) throws SQLException {
    return new Project(
        Columns.uuid(row, "id"),
        row.getString("name"),
        row.getString("time_zone"),
        Columns.requiredInstant(row, "created_at"));
  }
}
