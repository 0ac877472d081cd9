package dev.threadmill.scheduler.signals;

import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code unread_vectors}: chunks whose vector was not compared with the examples yet, and the
 * comparison itself, which the database does.
 */
@Repository
class UnreadVectors {
  private final JdbcClient jdbc;

  UnreadVectors(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A model that has vectors. */
  record Model(int id, String name, int width) {}

  /**
   * How near a chunk is to the nearest example of a type.
   *
   * @param type as in {@code signal_examples}
   * @param similarity cosine
   */
  record Near(
      String conversationId,
      String messageId,
      Instant saidAt,
      String textHash,
      String text,
      String type,
      String sentence,
      double similarity) {}

  /**
   * At most so many of a project, the newest first, so that those that have to wait for their model
   * are in nobody's way.
   *
   * @param before only chunks before this one
   */
  List<Long> next(UUID project, long before, int limit) {
    return jdbc.sql(
            """
            select chunk_id from unread_vectors where project_id = :project and chunk_id < :before
            order by chunk_id desc limit :limit
            """)
        .param("project", project)
        .param("before", before)
        .param("limit", limit)
        .query(Long.class)
        .list();
  }

  boolean any(UUID project) {
    return !next(project, Long.MAX_VALUE, 1).isEmpty();
  }

  /** The models of these chunks' latest vectors; a chunk without a vector has none. */
  Map<Long, Model> models(Collection<Long> chunks) {
    Map<Long, Model> models = new HashMap<>();
    jdbc.sql(
            """
            select u.id as chunk, m.id, m.name, m.width
            from unnest(:chunks::bigint[]) as u (id)
            cross join lateral (
              select model_id from rag_vectors v where v.chunk_id = u.id order by position desc limit 1) v
            join embedding_models m on m.id = v.model_id
            """)
        .param("chunks", Columns.texts(chunks))
        .query(
            row -> {
              models.put(row.getLong("chunk"), model(row, 0));
            });
    return models;
  }

  /** The model that the project is searched with; empty: it has no vectors yet. */
  Optional<Model> searched(UUID project) {
    return jdbc.sql(
            """
            select m.id, m.name, m.width from project_vector_spaces s join embedding_models m on m.id = s.model_id
            where s.project_id = :project
            """)
        .param("project", project)
        .query(UnreadVectors::model)
        .optional();
  }

  private static Model model(ResultSet row, int number) throws SQLException {
    return new Model(row.getInt("id"), row.getString("name"), row.getInt("width"));
  }

  /**
   * Those of these that nobody read meanwhile, in the order in which they are written. Before the
   * vectors are read, and in the same transaction: one that is written anew meanwhile waits.
   */
  List<Long> lock(UUID project, Collection<Long> chunks) {
    return jdbc.sql(
            """
            select chunk_id from unread_vectors where project_id = :project and chunk_id = any (:chunks::bigint[])
            order by chunk_id for update
            """)
        .param("project", project)
        .param("chunks", Columns.texts(chunks))
        .query(Long.class)
        .list();
  }

  /** They are read; one that is written anew after this transaction is noted again. */
  void read(UUID project, Collection<Long> chunks) {
    jdbc.sql(
            "delete from unread_vectors where project_id = :project and chunk_id = any (:chunks::bigint[])")
        .param("project", project)
        .param("chunks", Columns.texts(chunks))
        .update();
  }

  /**
   * Of each of these chunks that a customer's message has, and each type, the nearest example by
   * the chunk's latest vector, where that is of this model.
   */
  List<Near> near(UUID project, Collection<Long> chunks, int modelId) {
    return jdbc.sql(
            """
            with mine as materialized (
              select c.id, c.conversation_global_id, c.message_global_id, c.text_hash, left(c.text, 200) as text,
                m.created_at, v.embedding
              from rag_chunks c
              join cw_messages m on m.global_id = c.message_global_id
              join cw_conversations w on w.global_id = c.conversation_global_id
              cross join lateral (
                select model_id, embedding from rag_vectors v where v.chunk_id = c.id order by position desc limit 1) v
              where c.id = any (:chunks::bigint[]) and c.project_id = :project and v.model_id = :model
                and m.message_type = 'incoming' and not m.private and m.deleted_at is null and w.deleted_at is null)
            select distinct on (c.id, e.type) c.conversation_global_id, c.message_global_id, c.created_at, c.text_hash,
              c.text, e.type, e.sentence, 1 - (c.embedding <=> e.embedding) as similarity
            from mine c join signal_examples e on e.model_id = :model
            order by c.id, e.type, c.embedding <=> e.embedding
            """)
        .param("chunks", Columns.texts(chunks))
        .param("project", project)
        .param("model", modelId)
        .query(
            (row, n) ->
                new Near(
                    row.getString("conversation_global_id"),
                    row.getString("message_global_id"),
                    Columns.requiredInstant(row, "created_at"),
                    row.getString("text_hash"),
                    row.getString("text"),
                    row.getString("type"),
                    row.getString("sentence"),
                    row.getDouble("similarity")))
        .list();
  }
}
