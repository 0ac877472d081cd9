package dev.threadmill.core.project;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The table {@code project_deletions}: which projects are to be deleted, how far that is, and the
 * receipts of those that are gone.
 */
@Repository
public final class ProjectDeletions {
  private final JdbcClient jdbc;
  private final JsonMapper json;

  public ProjectDeletions(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * A deletion as its row has it.
   *
   * @param expected what there was when it began, by kind
   * @param deleted rows deleted so far, by table
   * @param waitsFor what somebody else has to do first; null: nothing
   * @param finishedAt null: it is under way
   */
  public record Deletion(
      UUID projectId,
      String projectName,
      String requestedBy,
      Instant requestedAt,
      Map<String, Long> expected,
      Map<String, Long> deleted,
      @Nullable String waitsFor,
      @Nullable Instant finishedAt) {}

  /** What became of a batch. */
  public enum Progress {
    /** No project is to be deleted. */
    NOTHING,
    /** Rows were deleted, and there may be more. */
    WORKING,
    /** Somebody else has to do something first. */
    WAITING,
    /** A project is gone. */
    DONE
  }

  /** Wants an archived project to be deleted; it can't be taken back. */
  public void request(Project project, String by, Map<String, Long> expected) {
    jdbc.sql(
            """
            insert into project_deletions (project_id, project_name, requested_by, expected)
            values (:project, :name, :by, :expected::jsonb)
            on conflict do nothing
            """)
        .param("project", project.id())
        .param("name", project.name())
        .param("by", by)
        .param("expected", json.writeValueAsString(expected))
        .update();
  }

  public Optional<Deletion> find(UUID projectId) {
    return jdbc.sql(
            """
            select project_id, project_name, requested_by, requested_at, expected, deleted, waits_for, finished_at
            from project_deletions where project_id = :project
            """)
        .param("project", projectId)
        .query(ProjectDeletions::row)
        .optional();
  }

  /** The newest first; there are few, as there are few projects. */
  public List<Deletion> newest(int most) {
    return jdbc.sql(
            """
            select project_id, project_name, requested_by, requested_at, expected, deleted, waits_for, finished_at
            from project_deletions order by requested_at desc, project_id limit :most
            """)
        .param("most", most)
        .query(ProjectDeletions::row)
        .list();
  }

  /**
   * Deletes one batch of one project, in one statement, taking turns. Any number of processes may
   * do it at once, and any of them may die.
   *
   * @param most so many rows of one table
   */
  public Progress advance(int most) {
    // First it moves behind the others, in a statement of its own: one that fails would hold them
    // up.
    return jdbc.sql(
            """
            update project_deletions set worked_at = clock_timestamp() where project_id = (
              select project_id from project_deletions where finished_at is null
              order by worked_at limit 1 for update skip locked)
            returning project_id
            """)
        .query(UUID.class)
        .optional()
        .map(project -> advance(project, most))
        .orElse(Progress.NOTHING);
  }

  private Progress advance(UUID project, int most) {
    return jdbc.sql(
            """
            with mine as (
              select project_id from project_deletions
              where project_id = :project and finished_at is null for update skip locked)
            select delete_project_rows(project_id, :most) as progress from mine
            """)
        .param("project", project)
        .param("most", most)
        .query((row, number) -> progress(row.getString("progress")))
        .optional()
        .orElse(Progress.WORKING);
  }

  private static Progress progress(String word) {
    return switch (word) {
      case "working" -> Progress.WORKING;
      case "waiting" -> Progress.WAITING;
      default -> Progress.DONE;
    };
  }

  private static Deletion row(ResultSet row, int number) throws SQLException {
    return new Deletion(
        Columns.uuid(row, "project_id"),
        row.getString("project_name"),
        row.getString("requested_by"),
        Columns.requiredInstant(row, "requested_at"),
        counts(Columns.json(row, "expected")),
        counts(Columns.json(row, "deleted")),
        row.getString("waits_for"),
        Columns.instant(row, "finished_at"));
  }

  static Map<String, Long> counts(JsonNode object) {
    Map<String, Long> counts = new TreeMap<>();
    object.properties().forEach(count -> counts.put(count.getKey(), count.getValue().asLong()));
    return counts;
  }
}
