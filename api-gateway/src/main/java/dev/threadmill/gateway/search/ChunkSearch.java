package dev.threadmill.gateway.search;

import com.pgvector.PGvector;
import dev.threadmill.core.database.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** Reads {@code rag_chunks} by nearness and by words. Private and deleted messages never appear. */
@Repository
class ChunkSearch {
  private static final String FOUND =
      """
      select c.id, c.chunk_index, c.text, c.message_global_id, m.message_id, m.message_type, m.created_at,
             c.conversation_global_id, v.conversation_id, v.status, v.labels, v.inbox_id, v.channel, v.source_id,
      """;

  private static final String PASSING =
      """
      from rag_chunks c
      join cw_messages m on m.global_id = c.message_global_id
      join cw_conversations v on v.global_id = c.conversation_global_id
      where c.project_id = :project and m.deleted_at is null and not m.private and v.deleted_at is null
        and (:status::text is null or v.status = :status)
        and (:inbox::bigint is null or v.inbox_id = :inbox)
        and (:label::text is null or :label = any (v.labels))
        and (:channel::text is null or v.channel = :channel)
        and (:conversation::bigint is null or v.conversation_id = :conversation)
        and (:message_type::text is null or m.message_type = :message_type)
        and (:after::timestamptz is null or m.created_at >= :after)
        and (:before::timestamptz is null or m.created_at < :before)
      """;

  private final JdbcClient jdbc;

  ChunkSearch(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** How fresh an answer is. */
  record Freshness(Instant asOf, long pending) {}

  /**
   * The nearest chunks of one model's space, exactly: every row of the project that passes is
   * compared.
   */
  List<ChunkHit> nearest(UUID projectId, SearchWish wish, String model, float[] query, int limit) {
    // The width comes from our own vector; the cast lets a partial index of the model serve, where
    // there is one.
    String distance = "c.embedding::vector(%1$d) <=> :query::vector(%1$d)".formatted(query.length);
    String sql =
        FOUND
            + "1 - ("
            + distance
            + ") as similarity\n"
            + PASSING
            + "and c.embedding_status = 'ready' and c.embedding_model = :model\norder by "
            + distance
            + ", c.id limit :limit";
    return filtered(sql, projectId, wish)
        .param("model", model)
        .param("query", new PGvector(query).toString())
        .param("limit", limit)
        .query(ChunkSearch::row)
        .list();
  }

  /**
   * Chunks that hold all words of the query (with quotes, "or" and minus as in web searches), the
   * best first.
   */
  List<ChunkHit> withAllWords(UUID projectId, SearchWish wish, String query, int limit) {
    return byWords(projectId, wish, "websearch_to_tsquery('simple', :query)", query, limit);
  }

  /**
   * Chunks that hold some of the telling words of the query: those with a digit, or of four letters
   * and more, for there is no list of stop words that fits all languages.
   */
  List<ChunkHit> withSomeWords(UUID projectId, SearchWish wish, String query, int limit) {
    return byWords(projectId, wish, anyOf("length(lexeme) >= 4 or lexeme ~ '[0-9]'"), query, limit);
  }

  /** Chunks that hold some of the query's numbers and codes: its words with a digit. */
  List<ChunkHit> withSomeCodes(UUID projectId, SearchWish wish, String query, int limit) {
    return byWords(projectId, wish, anyOf("lexeme ~ '[0-9]'"), query, limit);
  }

  private static String anyOf(String telling) {
    return """
        (select to_tsquery('simple', coalesce(string_agg(quote_literal(lexeme), ' | '), ''))
         from unnest(to_tsvector('simple', :query)) where %s)\
        """
        .formatted(telling);
  }

  private List<ChunkHit> byWords(
      UUID projectId, SearchWish wish, String words, String query, int limit) {
    String sql =
        "with words as materialized (select "
            + words
            + " as wanted)\n"
            + FOUND
            + "null::float8 as similarity\n"
            + PASSING.replaceFirst("from rag_chunks c", "from words, rag_chunks c")
            + """
            and c.text_tokens @@ words.wanted
            order by ts_rank_cd(c.text_tokens, words.wanted, 1) desc, c.id limit :limit
            """;
    return filtered(sql, projectId, wish)
        .param("query", query)
        .param("limit", limit)
        .query(ChunkSearch::row)
        .list();
  }

  Freshness freshness(UUID projectId) {
    return jdbc.sql(
            """
            select now() as as_of, count(*) as pending from rag_chunks
            where project_id = :project and embedding_status in ('pending', 'processing')
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new Freshness(Columns.requiredInstant(row, "as_of"), row.getLong("pending")))
        .single();
  }

  private StatementSpec filtered(String sql, UUID projectId, SearchWish wish) {
    return jdbc.sql(sql)
        .param("project", projectId)
        .param("status", wish.status())
        .param("inbox", wish.inboxId())
        .param("label", wish.label())
        .param("channel", wish.channel())
        .param("conversation", wish.conversationId())
        .param("message_type", wish.messageType())
        .param("after", Columns.parameter(wish.createdAfter()))
        .param("before", Columns.parameter(wish.createdBefore()));
  }

  private static ChunkHit row(ResultSet row, int number) throws SQLException {
    return new ChunkHit(
        row.getLong("id"),
        row.getInt("chunk_index"),
        row.getString("text"),
        row.getString("message_global_id"),
        row.getLong("message_id"),
        row.getString("message_type"),
        Columns.requiredInstant(row, "created_at"),
        row.getString("conversation_global_id"),
        row.getLong("conversation_id"),
        row.getString("status"),
        Arrays.asList((String[]) row.getArray("labels").getArray()),
        Columns.wholeNumber(row, "inbox_id"),
        row.getString("channel"),
        Columns.uuid(row, "source_id"),
        row.getObject("similarity", Double.class));
  }
}
