package dev.threadmill.gateway.jobs;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Chunks of {@code rag_chunks} that could not be embedded, for trying them again by hand. */
@Repository
class FailedChunks {
  private static final int AT_ONCE = 1000;

  /** By the index {@code rag_chunks_failed}, from where the batch before it ended. */
  static final String RETRY =
      """
      with batch as (
        select id from rag_chunks
        where project_id = :project and embedding_status = 'failed' and id > :after
          and (:error::text is null or strpos(lower(embedding_error), lower(:error)) > 0)
        order by id limit :limit
        for update)
      update rag_chunks c
      set embedding_status = 'pending', embedding_attempts = 0, embedding_error = null,
          embedding_fence = embedding_fence + 1, next_attempt_at = now()
      from batch where c.id = batch.id
      returning c.id
      """;

  private final JdbcClient jdbc;

  FailedChunks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Lets failed chunks wait again, with all their attempts; the workers' sweep finds them. A
   * thousand at a time, so that no transaction holds many rows.
   *
   * @param error only chunks whose error holds this, in whatever case; null: all
   * @param after only chunks behind this one
   */
  Batch retry(UUID projectId, @Nullable String error, long after) {
    List<Long> ids = retryNext(projectId, error, after);
    return new Batch(
        ids.size(),
        ids.stream().mapToLong(Long::longValue).max().orElse(after),
        ids.size() == AT_ONCE);
  }

  /**
   * @param last the chunk behind which the next batch begins
   * @param mayHaveMore false: this was the last one
   */
  record Batch(int retried, long last, boolean mayHaveMore) {}

  private List<Long> retryNext(UUID projectId, @Nullable String error, long after) {
    return jdbc.sql(RETRY)
        .param("project", projectId)
        .param("error", error)
        .param("after", after)
        .param("limit", AT_ONCE)
        .query(Long.class)
        .list();
  }
}
