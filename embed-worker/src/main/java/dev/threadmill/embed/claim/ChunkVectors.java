package dev.threadmill.embed.claim;

import com.pgvector.PGvector;
import dev.threadmill.core.embedding.EmbeddingModel;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.postgresql.jdbc.PgConnection;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Writes vectors into claimed rows of {@code rag_chunks}. */
@Repository
public final class ChunkVectors {
  // Fence and hash: a row that was edited or taken over meanwhile keeps waiting for its own vector.
  private static final String READY =
      """
      update rag_chunks
      set embedding = ?, embedding_status = 'ready', embedding_model = ?, embedding_error = ?,
          embedding_attempts = 0, claimed_by = null, lease_until = null, last_embedded_at = now()
      where id = ? and embedding_fence = ? and text_hash = ? and embedding_status = 'processing'
      """;

  private final JdbcClient jdbc;
  private final JdbcOperations plainJdbc;

  public ChunkVectors(JdbcClient jdbc, JdbcOperations plainJdbc) {
    this.jdbc = jdbc;
    this.plainJdbc = plainJdbc;
  }

  /**
   * Writes an answered request. To be called in a transaction.
   *
   * @param modelId the number of the model, see {@link VectorSpaces}
   * @return the ids of the rows that are ready; the others were edited or taken over meanwhile
   */
  public Set<Long> write(List<EmbeddedChunk> chunks, EmbeddingModel model, int modelId) {
    ConnectionCallback<int[]> batch = connection -> writeBatch(connection, chunks, model);
    int[] written = Objects.requireNonNull(plainJdbc.execute(batch));
    Set<Long> ready = new HashSet<>();
    for (int i = 0; i < written.length; i++) {
      if (written[i] > 0) {
        ready.add(chunks.get(i).chunk().id());
      }
    }
    copyForSearch(ready, modelId);
    return ready;
  }

  /**
   * Gives rows the vector of a ready row with the same text and model, or one that was left over:
   * the text is not paid again. To be called in a transaction.
   *
   * @return the ids of the rows that are ready now
   */
  public Set<Long> reuse(Collection<ClaimedChunk> chunks, EmbeddingModel model) {
    Set<Long> ready = new HashSet<>();
    jdbc.sql(
            """
            update rag_chunks c
            set embedding = known.embedding, embedding_status = 'ready', embedding_model = :model,
                embedding_error = known.embedding_error, embedding_attempts = 0,
                claimed_by = null, lease_until = null, last_embedded_at = now()
            from unnest(:ids, :fences, :hashes) held (id, fence, text_hash)
            cross join lateral (
              (select r.embedding, r.embedding_error from rag_chunks r
               where r.text_hash = held.text_hash and r.embedding_model = :model
                 and r.embedding_status = 'ready'
               limit 1)
              union all
              (select s.embedding, s.remark from spare_vectors s
               where s.text_hash = held.text_hash and s.model = :model)
              limit 1) known
            where c.id = held.id and c.embedding_fence = held.fence and c.text_hash = held.text_hash
              and c.embedding_status = 'processing'
            returning c.id
            """)
        .param("model", model.name())
        .param("ids", chunks.stream().map(ClaimedChunk::id).toArray(Long[]::new))
        .param("fences", chunks.stream().map(ClaimedChunk::fence).toArray(Long[]::new))
        .param("hashes", chunks.stream().map(ClaimedChunk::textHash).toArray(String[]::new))
        .query(
            row -> {
              ready.add(row.getLong("id"));
            });
    if (!ready.isEmpty()) {
      copyForSearch(ready, modelId(model));
    }
    return ready;
  }

  /** What search compares is a copy, so that its rows never change with the state of the work. */
  private void copyForSearch(Collection<Long> ids, int modelId) {
    if (ids.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into rag_vectors as v (chunk_id, model_id, project_id, embedding)
            select id, :model, project_id, embedding::halfvec from rag_chunks where id = any (:ids) order by id
            on conflict (chunk_id, model_id) do update set embedding = excluded.embedding
            """)
        .param("model", modelId)
        .param("ids", ids.toArray(Long[]::new))
        .update();
  }

  private int modelId(EmbeddingModel model) {
    return jdbc.sql("select id from embedding_models where name = :name")
        .param("name", model.name())
        .query(Integer.class)
        .single();
  }

  private static int[] writeBatch(
      Connection connection, List<EmbeddedChunk> chunks, EmbeddingModel model) throws SQLException {
    sendVectorsInBinary(connection);
    try (var statement = connection.prepareStatement(READY)) {
      for (EmbeddedChunk embedded : chunks) {
        statement.setObject(1, new PGvector(embedded.vector()));
        statement.setString(2, model.name());
        statement.setString(3, embedded.remark());
        statement.setLong(4, embedded.chunk().id());
        statement.setLong(5, embedded.chunk().fence());
        statement.setString(6, embedded.chunk().textHash());
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /**
   * The driver sends binary only for types on its list, and an extension's type has no fixed
   * number.
   */
  private static void sendVectorsInBinary(Connection connection) throws SQLException {
    PgConnection postgres = connection.unwrap(PgConnection.class);
    int vectorType = postgres.getTypeInfo().getPGType("vector");
    if (!postgres.getQueryExecutor().useBinaryForSend(vectorType)) {
      postgres.getQueryExecutor().addBinarySendOid(vectorType);
    }
  }
}
