package dev.threadmill.ingest.store;

import dev.threadmill.ingest.store.Rows.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table {@code rag_chunks}, seen by who writes the texts. */
@Repository
public class ChunkTable {
  private final JdbcClient jdbc;

  ChunkTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The hashes of the stored chunks of some messages: message → index → hash. */
  public Map<String, Map<Integer, String>> hashes(Collection<String> messageGlobalIds) {
    Map<String, Map<Integer, String>> hashes = new HashMap<>();
    jdbc.sql(
            """
            select c.* from json_array_elements_text(:messages::json) as m(id)
            cross join lateral (
              select message_global_id, chunk_index, text_hash from rag_chunks
              where message_global_id = m.id offset 0) c
            """)
        .param("messages", Rows.ofTexts(messageGlobalIds))
        .query(
            row -> {
              hashes
                  .computeIfAbsent(row.getString("message_global_id"), message -> new HashMap<>())
                  .put(row.getInt("chunk_index"), row.getString("text_hash"));
            });
    return hashes;
  }

  /**
   * Inserts chunks, or gives them another text: then vector, error and claim go, and the fence
   * refuses what is still on its way for the old text. Chunks that have this text are not touched.
   */
  public List<ChunkChange> put(
      UUID projectId, String conversationGlobalId, Collection<WantedChunk> chunks) {
    if (chunks.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            """
            insert into rag_chunks as c
              (project_id, conversation_global_id, message_global_id, chunk_index, text, text_hash, content_tokens, language,
               message_created_at)
            select :project, :conversation, message_global_id, chunk_index, text, text_hash, content_tokens, language,
              (select m.created_at from cw_messages m where m.global_id = r.message_global_id)
            from json_to_recordset(:rows::json) as r(
              message_global_id text, chunk_index integer, text text, text_hash text, content_tokens integer,
              language text)
            on conflict (message_global_id, chunk_index) do update
            set conversation_global_id = excluded.conversation_global_id, text = excluded.text,
                text_hash = excluded.text_hash, content_tokens = excluded.content_tokens, language = excluded.language,
                embedding = null, embedding_model = null, embedding_status = 'pending', embedding_fence = c.embedding_fence + 1,
                embedding_attempts = 0, embedding_error = null, claimed_by = null, lease_until = null,
                next_attempt_at = now(), updated_at = now()
            where c.text_hash <> excluded.text_hash
            returning id, message_global_id, chunk_index, text_hash, xmax = 0 as is_new
            """)
        .param("project", projectId)
        .param("conversation", conversationGlobalId)
        .param("rows", Rows.of(chunks, ChunkTable::row))
        .query(
            (row, number) ->
                new ChunkChange(
                    row.getLong("id"),
                    row.getString("message_global_id"),
                    row.getInt("chunk_index"),
                    row.getString("text_hash"),
                    row.getBoolean("is_new")))
        .list();
  }

  /**
   * Removes the chunks of messages from an index on.
   *
   * @param keep how many chunks each message keeps, from the first
   * @return how many were removed
   */
  public int removeSurplus(Map<String, Integer> keep) {
    if (keep.isEmpty()) {
      return 0;
    }
    return jdbc.sql(
            """
            delete from rag_chunks c
            using json_to_recordset(:rows::json) as r(message_global_id text, keep integer)
            where c.message_global_id = r.message_global_id and c.chunk_index >= r.keep
            """)
        .param(
            "rows",
            Rows.of(
                keep.entrySet(),
                message ->
                    new Row()
                        .with("message_global_id", message.getKey())
                        .with("keep", message.getValue().longValue())))
        .update();
  }

  private static Row row(WantedChunk wanted) {
    return new Row()
        .with("message_global_id", wanted.messageGlobalId())
        .with("chunk_index", (long) wanted.chunk().index())
        .with("text", wanted.chunk().text())
        .with("text_hash", wanted.chunk().hash())
        .with("content_tokens", (long) wanted.tokens())
        .with("language", wanted.language());
  }
}
