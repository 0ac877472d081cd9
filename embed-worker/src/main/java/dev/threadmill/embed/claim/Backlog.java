package dev.threadmill.embed.claim;

import dev.threadmill.core.embedding.EmbeddingModel;
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

  /** Projects with rows that are due; one look into an index per project. */
  public List<UUID> projectsWithDueRows() {
    return jdbc.sql(
            """
            select p.id from projects p
            where exists (select from rag_chunks c
                          where c.project_id = p.id and c.embedding_status = 'pending'
                            and c.next_attempt_at <= now())
            """)
        .query(UUID.class)
        .list();
  }

  /** Rows of a project that wait, due or not. */
  public long pending(UUID projectId) {
    return jdbc.sql(
            "select count(*) from rag_chunks where project_id = :project and embedding_status = 'pending'")
        .param("project", projectId)
        .query(Long.class)
        .single();
  }

  /** Whether some ready row has a vector of another model; may read all ready rows. */
  public boolean hasOtherModels(EmbeddingModel model) {
    return jdbc.sql(
            """
            select exists (select from rag_chunks
                           where embedding_status = 'ready' and embedding_model <> :model)
            """)
        .param("model", model.name())
        .query(Boolean.class)
        .single();
  }
}
