package dev.threadmill.embed.claim;

import dev.threadmill.core.database.Together;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads how much of {@code rag_chunks} waits. */
@Repository
public final class Backlog {
  private final JdbcClient jdbc;
  private final Together<UUID, Long> pending = new Together<>("pending-counts", this::countPending);

  public Backlog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A project whose turn comes, and how many batches it gets in one. */
  public record Turn(UUID projectId, int batches) {}

  /**
   * Projects with rows that are due; one look into an index per project.
   *
   * @param without projects whose rows have to wait
   */
  public List<Turn> projectsWithDueRows(Collection<UUID> without) {
    return jdbc.sql(
            """
            select p.id, p.embedding_weight from projects p
            where p.id <> all (:without) and exists (
              select from rag_chunks c
              where c.project_id = p.id and c.embedding_status = 'pending' and c.next_attempt_at <= now())
            order by p.id
            """)
        .param("without", without.toArray(UUID[]::new))
        .query(
            (row, number) ->
                new Turn(row.getObject("id", UUID.class), row.getInt("embedding_weight")))
        .list();
  }

  /** Whether so many rows of a project wait, due or not; counts no further. */
  public boolean hasPending(UUID projectId, int atLeast) {
    return jdbc.sql(
            """
            select count(*) >= :least from (
              select from rag_chunks where project_id = :project and embedding_status = 'pending' limit :least) counted
            """)
        .param("project", projectId)
        .param("least", atLeast)
        .query(Boolean.class)
        .single();
  }

  /** Rows of a project that wait, due or not. Who asks at the same time shares a statement. */
  public long pending(UUID projectId) {
    return pending.ask(projectId);
  }

  private List<Long> countPending(List<UUID> projectIds) {
    Map<UUID, Long> counts = new HashMap<>();
    jdbc.sql(
            """
            select project_id, count(*) as waiting from rag_chunks
            where project_id = any(:projects) and embedding_status = 'pending' group by project_id
            """)
        .param("projects", projectIds.toArray(UUID[]::new))
        .query(
            row -> {
              counts.put(row.getObject("project_id", UUID.class), row.getLong("waiting"));
            });
    return projectIds.stream().map(id -> counts.getOrDefault(id, 0L)).toList();
  }
}
