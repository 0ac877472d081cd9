package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code projects}. */
@Repository
public final class Projects {
  private static final String DEFAULT_NAME = "default";
  private static final String COLUMNS = "id, name, time_zone, created_at, archived_at";

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
    return findEvenArchived(id).filter(project -> !project.archived());
  }

  public Optional<Project> findEvenArchived(UUID id) {
    return jdbc.sql("select " + COLUMNS + " from projects where id = :id")
        .param("id", id)
        .query(Projects::row)
        .optional();
  }

  /**
   * The same, locked for the rest of the transaction: nobody changes, archives or deletes it
   * meanwhile.
   */
  public Optional<Project> lock(UUID id) {
    return jdbc.sql("select " + COLUMNS + " from projects where id = :id for no key update")
        .param("id", id)
        .query(Projects::row)
        .optional();
  }

  /**
   * @param name without spaces around it, 1 to 100 characters
   * @throws DuplicateKeyException when another project, perhaps an archived one, has that name
   */
  public Project create(String name) {
    return jdbc.sql("insert into projects (name) values (:name) returning " + COLUMNS)
        .param("name", name)
        .query(Projects::row)
        .single();
  }

  /**
   * @throws DuplicateKeyException when another project, perhaps an archived one, has that name
   */
  public void rename(UUID id, String name) {
    jdbc.sql("update projects set name = :name, updated_at = now() where id = :id")
        .param("name", name)
        .param("id", id)
        .update();
  }

  /** Its days begin and end by the clocks of this time zone, which PostgreSQL has to know. */
  public void moveTo(UUID id, String timeZone) {
    jdbc.sql("update projects set time_zone = :zone, updated_at = now() where id = :id")
        .param("zone", timeZone)
        .param("id", id)
        .update();
  }

  /** Archives it as of now, or gives it back; one that is archived stays so since when it was. */
  public void archive(UUID id, boolean archived) {
    jdbc.sql(
            """
            update projects
            set archived_at = case when :archived then coalesce(archived_at, now()) end, updated_at = now()
            where id = :id
            """)
        .param("archived", archived)
        .param("id", id)
        .update();
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
    return list("null");
  }

  /** All projects that are archived, oldest first. */
  public List<Project> listArchived() {
    return list("not null");
  }

  private List<Project> list(String archived) {
    return jdbc.sql(
            "select %s from projects where archived_at is %s order by created_at, id"
                .formatted(COLUMNS, archived))
        .query(Projects::row)
        .list();
  }

  private static Project row(ResultSet row, int number) throws SQLException {
    return new Project(
        Columns.uuid(row, "id"),
        row.getString("name"),
        row.getString("time_zone"),
        Columns.requiredInstant(row, "created_at"),
        Columns.instant(row, "archived_at"));
  }
}
