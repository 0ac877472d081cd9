package dev.threadmill.gateway.jobs;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Chunks of {@code rag_chunks} that could not be embedded, for trying them again by hand. */
@Repository
class FailedChunks {
  private final JdbcClient jdbc;

  FailedChunks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Lets failed chunks wait again, with all their attempts; the workers' sweep finds them.
   *
   * @param error only chunks whose error holds this, in whatever case; null: all
   * @return how many
   */
  int retry(UUID projectId, @Nullable String error) {
    return jdbc.sql(
            """
            update rag_chunks
            set embedding_status = 'pending', embedding_attempts = 0, embedding_error = null,
                embedding_fence = embedding_fence + 1, next_attempt_at = now()
            where project_id = :project and embedding_status = 'failed'
              and (:error::text is null or strpos(lower(embedding_error), lower(:error)) > 0)
            """)
        .param("project", projectId)
        .param("error", error)
        .update();
  }
}
