package dev.threadmill.embed.claim;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Writes vectors into claimed rows of {@code rag_chunks}. A claimed row is told by its lease: the
 * state would offer the planner the index over all claimed rows, which it believes to be nearly
 * empty and would walk once per row; and a ready row by its vector, for the same reason.
 */
@Repository
public final class ChunkVectors {
  /**
   * Rows of one statement. Each statement costs its triggers once, and what all its vectors take at
   * a time is memory that the server asks the system for anew: a hundred rows in two statements
   * cost it a sixth less than in one, and hardly more than in four.
   */
  private static final int AT_ONCE = 50;

  private final JdbcClient jdbc;

  public ChunkVectors(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Writes an answered request. To be called in a transaction.
   *
   * @param modelId the number of the model, see {@link VectorSpaces}
   * @return the ids of the rows that are ready; the others were edited or taken over meanwhile
   */
  public Set<Long> write(List<EmbeddedChunk> chunks, EmbeddingModel model, int modelId) {
    Set<Long> ready = new HashSet<>();
    for (int from = 0; from < chunks.size(); from += AT_ONCE) {
      int to = Math.min(chunks.size(), from + AT_ONCE);
      ready.addAll(writeSome(chunks.subList(from, to), model, modelId));
    }
    return ready;
  }

  // Fence and hash: a row that was edited or taken over meanwhile keeps waiting for its own vector.
  // What search compares is a copy, so that its rows never change with the state of the work: one
  // that is there has the same text, or the trigger had deleted it. Nobody else can write one, for
  // the row is locked.
  //
  // Vectors are taken out of their array by number, and the copy is made of what was just written:
  // unnested and joined, each vector was copied three times more, into fresh memory, which took
  // the server a quarter of the statement's time.
  private List<Long> writeSome(List<EmbeddedChunk> chunks, EmbeddingModel model, int modelId) {
    return jdbc.sql(
            """
            with ready as (
              update rag_chunks c
              set embedding = (:vectors)[a.n], embedding_status = 'ready', embedding_model = :model,
                  embedding_error = a.remark, embedding_attempts = 0,
                  claimed_by = null, lease_until = null, last_embedded_at = now()
              from unnest(:ids::bigint[], :fences::bigint[], :hashes::text[], :remarks::text[]) with ordinality
                as a (id, fence, text_hash, remark, n)
              where c.id = a.id and c.embedding_fence = a.fence and c.text_hash = a.text_hash
                and c.lease_until is not null
              returning c.id, c.project_id, c.embedding::halfvec as copy),
            copied as (
              insert into rag_vectors (chunk_id, model_id, project_id, embedding)
              select id, :model_id, project_id, copy from ready
              where not exists (select from rag_vectors v where v.chunk_id = ready.id and v.model_id = :model_id))
            select id from ready
            """)
        .param("vectors", VectorArray.of(chunks.stream().map(EmbeddedChunk::vector).toList()))
        .param("ids", chunks.stream().map(embedded -> embedded.chunk().id()).toArray(Long[]::new))
        .param(
            "fences",
            chunks.stream().map(embedded -> embedded.chunk().fence()).toArray(Long[]::new))
        .param(
            "hashes",
            chunks.stream().map(embedded -> embedded.chunk().textHash()).toArray(String[]::new))
        .param("remarks", chunks.stream().map(EmbeddedChunk::remark).toArray(String[]::new))
        .param("model", model.name())
        .param("model_id", modelId)
        .query(Long.class)
        .list();
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
               where r.text_hash = held.text_hash and r.embedding is not null
                 and r.embedding_model = :model
               limit 1)
              union all
              (select s.embedding, s.remark from spare_vectors s
               where s.text_hash = held.text_hash and s.model = :model)
              limit 1) known
            where c.id = held.id and c.embedding_fence = held.fence and c.text_hash = held.text_hash
              and c.lease_until is not null
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

  /**
   * Which rows got their vector under these very claims. Where the connection broke at a commit,
   * this tells whether it went through.
   */
  public Set<Long> readyUnder(Collection<ClaimedChunk> chunks) {
    return Set.copyOf(
        jdbc.sql(
                """
                select c.id from unnest(:ids, :fences, :hashes) held (id, fence, text_hash)
                join rag_chunks c on c.id = held.id and c.embedding_fence = held.fence and c.text_hash = held.text_hash
                where c.embedding_status = 'ready'
                """)
            .param("ids", chunks.stream().map(ClaimedChunk::id).toArray(Long[]::new))
            .param("fences", chunks.stream().map(ClaimedChunk::fence).toArray(Long[]::new))
            .param("hashes", chunks.stream().map(ClaimedChunk::textHash).toArray(String[]::new))
            .query(Long.class)
            .list());
  }

  private void copyForSearch(Collection<Long> ids, int modelId) {
    if (ids.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into rag_vectors (chunk_id, model_id, project_id, embedding)
            select id, :model, project_id, embedding::halfvec from rag_chunks where id = any (:ids) order by id
            on conflict (chunk_id, model_id) do nothing
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
}
