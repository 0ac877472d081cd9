package dev.threadmill.embed.claim;

import com.pgvector.PGvector;
import dev.threadmill.core.embedding.EmbeddingModel;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.postgresql.jdbc.PgConnection;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

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
  private final TransactionOperations transaction;

  public ChunkVectors(
      JdbcClient jdbc, JdbcOperations plainJdbc, TransactionOperations transaction) {
    this.jdbc = jdbc;
    this.plainJdbc = plainJdbc;
    this.transaction = transaction;
  }

  /**
   * Writes an answered request in one short transaction.
   *
   * @return how many rows are ready; the others were edited or taken over meanwhile
   */
  public int write(List<EmbeddedChunk> chunks, EmbeddingModel model) {
    ConnectionCallback<Integer> batch = connection -> writeBatch(connection, chunks, model);
    Integer written = transaction.execute(status -> plainJdbc.execute(batch));
    return written == null ? 0 : written;
  }

  /**
   * Gives rows the vector of a ready row with the same text and model: the text is not paid again.
   *
   * @return the ids of the rows that are ready now
   */
  public Set<Long> reuse(Collection<ClaimedChunk> chunks, EmbeddingModel model) {
    return jdbc
        .sql(
            """
            update rag_chunks c
            set embedding = known.embedding, embedding_status = 'ready', embedding_model = :model,
                embedding_error = known.embedding_error, embedding_attempts = 0,
                claimed_by = null, lease_until = null, last_embedded_at = now()
            from unnest(:ids, :fences, :hashes) held (id, fence, text_hash)
            cross join lateral (
              select r.embedding, r.embedding_error from rag_chunks r
              where r.text_hash = held.text_hash and r.embedding_model = :model
                and r.embedding_status = 'ready'
              limit 1) known
            where c.id = held.id and c.embedding_fence = held.fence and c.text_hash = held.text_hash
              and c.embedding_status = 'processing'
            returning c.id
            """)
        .param("model", model.name())
        .param("ids", chunks.stream().map(ClaimedChunk::id).toArray(Long[]::new))
        .param("fences", chunks.stream().map(ClaimedChunk::fence).toArray(Long[]::new))
        .param("hashes", chunks.stream().map(ClaimedChunk::textHash).toArray(String[]::new))
        .query(Long.class)
        .list()
        .stream()
        .collect(Collectors.toSet());
  }

  private static int writeBatch(
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
      return IntStream.of(statement.executeBatch()).sum();
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
