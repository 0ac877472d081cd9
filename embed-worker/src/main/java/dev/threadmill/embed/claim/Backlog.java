package dev.threadmill.embed.claim;

import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads how much of {@code rag_chunks} waits. */
@Repository
public final class Backlog {
  private final JdbcClient jdbc;

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

  /** Rows of a project that wait, due or not. */
  public long pending(UUID projectId) {
    return jdbc.sql(
            "select count(*) from rag_chunks where project_id = :project and embedding_status = 'pending'")
        .param("project", projectId)
        .query(Long.class)
        .single();
  }
}
