package dev.threadmill.gateway.search;

import com.pgvector.PGvector;
import dev.threadmill.core.database.Columns;
import dev.threadmill.gateway.search.AskedWords.Term;
import dev.threadmill.gateway.search.NearestVectors.Near;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;

/** Reads {@code rag_chunks} by words and by nearness. Private and deleted messages never appear. */
@Repository
class ChunkSearch {
  private static final String FOUND =
      """
      select c.id, c.chunk_index, c.text, c.language, c.message_global_id, m.message_id, m.message_type, m.created_at,
             c.conversation_global_id, v.conversation_id, v.status, v.labels, v.inbox_id, v.channel, v.source_id,
      """;

  /** Filters that pass or refuse whole conversations. */
  private static final String OF_CONVERSATIONS =
      """
        and (:status::text is null or v.status = :status)
        and (:inbox::bigint is null or v.inbox_id = :inbox)
        and (:label::text is null
          or labels_of_project(v.project_id, v.labels) @> array[:project::text || ':' || :label])
        and (:channel::text is null or v.channel = :channel)
        and (:contact::bigint is null or v.contact_global_id = any (array(
          select global_id from cw_contacts where project_id = :project and contact_id = :contact)))
      """;

  private static final String PASSING =
      """
      from rag_chunks c
      join cw_messages m on m.global_id = c.message_global_id
      join cw_conversations v on v.global_id = c.conversation_global_id
      where c.project_id = :project and m.deleted_at is null and not m.private and v.deleted_at is null
        %s
        and (:conversation::bigint is null or v.conversation_id = :conversation)
        and (:message_type::text is null or m.message_type = :message_type)
        and (:after::timestamptz is null or m.created_at >= :after)
        and (:before::timestamptz is null or m.created_at < :before)
      """
          .formatted(OF_CONVERSATIONS);

  /** So that the statement can end with the last one that is wanted. */
  private static final String NEAREST_FIRST =
      """
      from (select * from unnest(:ids::bigint[], :distances::float8[]) as n (chunk_id, distance) order by distance, chunk_id) near
      join rag_chunks c on c.id = near.chunk_id""";

  private static final String BEST_RANK_FIRST =
      """
      from (select chunk_id, rank from matching order by rank desc, chunk_id) matching
      join rag_chunks c on c.id = matching.chunk_id""";

  private static final String IN_ANY_ORDER =
      "from matching join rag_chunks c on c.id = matching.chunk_id";

  /** More than these candidates an index scan can't collect at once. */
  private static final int MAX_CANDIDATES = 1000;

  /**
   * Where each vector is compared, so many of the nearest may be refused by the filters before all
   * that pass are compared once more: they are looked up one after the other until enough have
   * passed, which costs some ten microseconds each.
   */
  private static final int MAX_REFUSED = 2000;

  /**
   * So many chunks with the words are ranked: a word that half of a large project says tells
   * little, and to rank all that have it would take seconds.
   */
  private static final int MAX_RANKED = 5000;

  /** Those with some of the words only fill up. */
  private static final int MAX_RANKED_BY_SOME = 2000;

  private final JdbcClient jdbc;
  private final TimedReads reads;
  private final NearestVectors vectors;

  ChunkSearch(JdbcClient jdbc, TimedReads reads, NearestVectors vectors) {
    this.jdbc = jdbc;
    this.reads = reads;
    this.vectors = vectors;
  }

  /**
   * How fresh what is searched is.
   *
   * @param now the database's time
   * @param syncedAsOf the project's sources are complete as of then; null: not all of them yet
   */
  record Freshness(Instant now, @Nullable Instant syncedAsOf) {}

  /**
   * The nearest chunks of a project. The nearest of all are looked at first; where the filters
   * leave too few of them, every row that passes is compared.
   *
   * @throws TooSlowException when nothing is found in time
   */
  Found nearest(Wanted wanted, SearchSpace space, float[] query) {
    SearchWish wish = wanted.wish();
    int limit = wanted.limit();
    if (wish.ofFew()) {
      return Found.all(nearestOfPassing(wanted, space, query));
    }
    int most = wish.filtered() ? filteredCandidates(space, limit) : limit * 2;
    List<Near> near = vectors.of(wanted.projectId(), space, query, most, wanted.deadline());
    List<ChunkHit> found = passing(wanted, near);
    boolean wereAll = space.segments().isEmpty() && near.size() < most;
    if (found.size() >= limit || wereAll) {
      return Found.all(found);
    }
    try {
      if (wish.ofConversationsAlone()) {
        List<Near> inThem = nearInConversations(wanted, space, query, most);
        found = passing(wanted, inThem);
        if (found.size() >= limit || inThem.size() < most) {
          return Found.all(found);
        }
      }
      return Found.all(nearestOfPassing(wanted, space, query));
    } catch (TooSlowException tooSlow) {
      return new Found(found, false);
    }
  }

  /**
   * Where all that is nearest is in other inboxes, say: the vectors of the conversations that pass
   * are compared, without a look at messages.
   */
  private List<Near> nearInConversations(
      Wanted wanted, SearchSpace space, float[] query, int most) {
    String sql =
        """
        select x.chunk_id, x.embedding <=> (select :query::halfvec) as distance
        from rag_chunks c join rag_vectors x on x.chunk_id = c.id and x.model_id = :model
        where c.conversation_global_id = any (array(
          select v.global_id from cw_conversations v where v.project_id = :project and v.deleted_at is null
          %s))
        order by distance, x.chunk_id limit :near
        """
            .formatted(OF_CONVERSATIONS);
    return reads.until(
        wanted.deadline(),
        () ->
            filtered(sql, wanted.projectId(), wanted.wish())
                .param("model", space.modelId())
                .param("query", new PGvector(query).toString())
                .param("near", most)
                .query(
                    (row, number) -> new Near(row.getLong("chunk_id"), row.getDouble("distance")))
                .list());
  }

  private static int filteredCandidates(SearchSpace space, int limit) {
    return space.segments().isEmpty() ? MAX_REFUSED : Math.min(MAX_CANDIDATES, limit * 8);
  }

  private List<ChunkHit> passing(Wanted wanted, List<Near> near) {
    String sql =
        FOUND
            + "1 - near.distance as similarity\n"
            + PASSING.replaceFirst("from rag_chunks c", NEAREST_FIRST)
            + "order by near.distance, near.chunk_id limit :limit";
    return reads.until(
        wanted.deadline(),
        () -> {
          lookUpOneByOne();
          return filtered(sql, wanted.projectId(), wanted.wish())
              .param("ids", near.stream().map(Near::chunkId).toArray(Long[]::new))
              .param("distances", near.stream().map(Near::distance).toArray(Double[]::new))
              .param("limit", wanted.limit())
              .query(ChunkSearch::row)
              .list();
        });
  }

  /**
   * For this transaction only: the best come first, and only as many are joined with their messages
   * as are wanted.
   */
  private void lookUpOneByOne() {
    jdbc.sql(
            "select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)")
        .query((row, number) -> row.getString(1))
        .list();
  }

  private List<ChunkHit> nearestOfPassing(Wanted wanted, SearchSpace space, float[] query) {
    String distance = "x.embedding <=> (select :query::halfvec)";
    String sql =
        FOUND
            + "1 - ("
            + distance
            + ") as similarity\n"
            + PASSING.replaceFirst(
                "from rag_chunks c",
                "from rag_chunks c join rag_vectors x on x.chunk_id = c.id and x.model_id = :model")
            + "order by "
            + distance
            + ", c.id limit :limit";
    return reads.until(
        wanted.deadline(),
        () ->
            filtered(sql, wanted.projectId(), wanted.wish())
                .param("model", space.modelId())
                .param("query", new PGvector(query).toString())
                .param("limit", wanted.limit())
                .query(ChunkSearch::row)
                .list());
  }

  /** Chunks that hold all words of the query as they are written, the best first. */
  List<ChunkHit> withAllWords(Wanted wanted) {
    return byWords(wanted, WordsSql.ALL_AS_WRITTEN, MAX_RANKED);
  }

  /** Chunks that hold all words of the query, some of them in another form. */
  List<ChunkHit> withAllWordsInOtherForms(Wanted wanted) {
    return AskedWords.of(wanted.query()).mayDiffer()
        ? byWords(wanted, WordsSql.ALL_IN_OTHER_FORMS, MAX_RANKED)
        : List.of();
  }

  /** Chunks that hold some of the telling words of the query in any form. */
  List<ChunkHit> withSomeWords(Wanted wanted) {
    return byWords(wanted, WordsSql.SOME, MAX_RANKED_BY_SOME);
  }

  /** Chunks that hold some of the query's numbers and codes. */
  List<ChunkHit> withSomeCodes(Wanted wanted) {
    return byWords(wanted, WordsSql.SOME_CODES, MAX_RANKED_BY_SOME);
  }

  private List<ChunkHit> byWords(Wanted wanted, String words, int most) {
    // What filters leave may be few of very many; those must not be cut off before, nor looked up
    // one by one.
    boolean filtered = wanted.wish().filtered();
    String sql =
        """
        with words as materialized (select %s as wanted),
        matching as materialized (
          select w.chunk_id, ts_rank_cd('{0.1, 0.1, 0.4, 1}', w.tokens, words.wanted, 1) as rank
          from words, rag_words w
          where w.project_id = :project and w.tokens @@ words.wanted
          limit :most::bigint)
        """
                .formatted(words)
            + FOUND
            + "null::float8 as similarity\n"
            + PASSING.replaceFirst("from rag_chunks c", filtered ? IN_ANY_ORDER : BEST_RANK_FIRST)
            + "order by matching.rank desc, matching.chunk_id limit :limit";
    List<Term> terms = AskedWords.of(wanted.query()).terms();
    return reads.until(
        wanted.deadline(),
        () -> {
          if (!filtered) {
            lookUpOneByOne();
          }
          return filtered(sql, wanted.projectId(), wanted.wish())
              .param("query", wanted.query())
              .param("branches", Columns.texts(terms.stream().map(Term::branch).toList()))
              .param("terms", Columns.texts(terms.stream().map(Term::text).toList()))
              .param("as_written", Columns.texts(terms.stream().map(Term::asWritten).toList()))
              .param("most", filtered ? null : most)
              .param("limit", wanted.limit())
              .query(ChunkSearch::row)
              .list();
        });
  }

  Freshness freshness(UUID projectId) {
    return jdbc.sql(
            """
            select now() as now, (
              select case when count(*) = count(w.meta ->> 'complete_as_of')
                then min((w.meta ->> 'complete_as_of')::timestamptz) end
              from project_sources s left join sync_watermarks w
                on w.project_id = s.project_id and w.source = 'chatwoot:' || s.external_id
              where s.project_id = :project and s.removed_at is null) as synced_as_of
            """)
        .param("project", projectId)
        .query(
            (row, number) ->
                new Freshness(
                    Columns.requiredInstant(row, "now"), Columns.instant(row, "synced_as_of")))
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
        .param("contact", wish.contactId())
        .param("message_type", wish.messageType())
        .param("after", Columns.parameter(wish.createdAfter()))
        .param("before", Columns.parameter(wish.createdBefore()));
  }

  private static ChunkHit row(ResultSet row, int number) throws SQLException {
    return new ChunkHit(
        row.getLong("id"),
        row.getInt("chunk_index"),
        row.getString("text"),
        row.getString("language"),
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
