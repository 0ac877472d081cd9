package dev.threadmill.embed.claim;

import com.pgvector.PGvector;
import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table {@code spare_vectors}: paid vectors of texts whose rows were edited or handed over
 * while the request was under way. {@link ChunkVectors#reuse} finds them.
 */
@Repository
public final class SpareVectors {
  private final JdbcClient jdbc;

  public SpareVectors(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A vector without a row. */
  public record Spare(String textHash, float[] vector, @Nullable String remark) {}

  /** Keeps them for the next rows with these texts. */
  public void keep(Collection<Spare> spares, EmbeddingModel model) {
    for (Spare spare : spares) {
      jdbc.sql(
              """
              insert into spare_vectors (text_hash, model, embedding, remark)
              values (:hash, :model, :vector::vector, :remark) on conflict do nothing
              """)
          .param("hash", spare.textHash())
          .param("model", model.name())
          .param("vector", new PGvector(spare.vector()).toString())
          .param("remark", spare.remark())
          .update();
    }
  }

  /** Forgets what nobody asked for in a day. */
  public void forgetOld() {
    jdbc.sql("delete from spare_vectors where created_at < now() - interval '1 day'").update();
  }
}
