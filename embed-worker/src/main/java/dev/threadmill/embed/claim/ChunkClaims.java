package dev.threadmill.embed.claim;

import dev.threadmill.core.database.Columns;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.claim.ClaimedChunk.Arrival;
import dev.threadmill.embed.claim.DueWalk.Due;
import dev.threadmill.embed.claim.DueWalk.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Who works which row of {@code rag_chunks}. Every change of a claimed row names its fence, so what
 * was edited or taken over meanwhile stays as it is. All times are the database's. A row that is
 * named by its id is told to be claimed by its lease, as in {@link ChunkVectors}.
 */
@Repository
public final class ChunkClaims {
  private static final String CLAIM =
      """
      update rag_chunks c
      set embedding_status = 'processing', embedding_fence = embedding_fence + 1,
          claimed_by = :worker, lease_until = now() + make_interval(secs => :lease)
      from due where c.id = due.id
      returning c.id, c.project_id, c.text, c.text_hash, c.content_tokens, c.embedding_fence,
        case when c.last_embedded_at is null and c.created_at <= c.message_created_at + interval '1 hour'
             then (extract(epoch from clock_timestamp() - c.created_at) * 1000)::bigint end as new_for_ms
      """;

  private final JdbcClient jdbc;
  private final ClaimSettings settings;

  public ChunkClaims(JdbcClient jdbc, ClaimSettings settings) {
    this.jdbc = jdbc;
    this.settings = settings;
  }

  /**
   * Claims those of the rows that still wait and are due; the others need nothing.
   *
   * @param without projects whose rows have to wait
   */
  public List<ClaimedChunk> claim(Collection<Long> ids, Collection<UUID> without) {
    return claiming(
            """
            with due as (
              select id from rag_chunks
              where id = any(:ids) and embedding_status = 'pending' and next_attempt_at <= now()
                and project_id <> all (:without)
              order by id
              for update skip locked)
            """
                + CLAIM)
        .param("ids", ids.toArray(Long[]::new))
        .param("without", without.toArray(UUID[]::new))
        .query(ChunkClaims::row)
        .list()
        .stream()
        .sorted(Comparator.comparingLong(ClaimedChunk::id))
        .toList();
  }

  /** Claims rows of a project that are due and lie behind a place; see {@link DueWalk}. */
  List<Due> claimDue(UUID projectId, Place behind, int limit, Duration grace) {
    return claiming(
            """
            with due as (
              select id from rag_chunks
              where project_id = :project and embedding_status = 'pending' and next_attempt_at <= now()
                and (next_attempt_at, id) > (:due_at, :id)
                and (embedding_fence > 0 or next_attempt_at <= now() - make_interval(secs => :grace))
              order by next_attempt_at, id limit :limit
              for update skip locked)
            """
                + CLAIM
                + ", c.next_attempt_at")
        .param("project", projectId)
        .param("due_at", behind.dueAt())
        .param("id", behind.id())
        .param("grace", seconds(grace))
        .param("limit", limit)
        .query(
            (row, number) -> {
              var dueAt = row.getObject("next_attempt_at", OffsetDateTime.class);
              return new Due(row(row, number), new Place(dueAt, row.getLong("id")));
            })
        .list();
  }

  /** Puts rows back as they were, due after a while, with no attempt charged. */
  public int postpone(Collection<ClaimedChunk> chunks, Duration after) {
    return held(
            """
            update rag_chunks c
            set embedding_status = 'pending', claimed_by = null, lease_until = null,
                next_attempt_at = now() + make_interval(secs => :after)
            """,
            chunks)
        .param("after", seconds(after))
        .update();
  }

  /**
   * Charges an attempt and puts rows back for later, exponentially with jitter from 5 s to 1 h; the
   * last attempt fails them.
   *
   * @return how many rows failed for good
   */
  public int retryOrFail(Collection<ClaimedChunk> chunks, String error) {
    return held(
            """
            with changed as (
            update rag_chunks c
            set embedding_status = case when embedding_attempts + 1 < :max then 'pending' else 'failed' end,
                claimed_by = null, lease_until = null,
                embedding_attempts = embedding_attempts + 1, embedding_error = :error,
                next_attempt_at = now() + make_interval(
                  secs => least(3600, 5 * 2 ^ least(embedding_attempts, 20)) * (0.5 + random() / 2))
            """,
            chunks,
            """
            returning c.embedding_status)
            select count(*) from changed where embedding_status = 'failed'
            """)
        .param("max", settings.maxAttempts())
        .param("error", error)
        .query(Integer.class)
        .single();
  }

  /** Ends rows that no further attempt can help. */
  public int fail(Collection<ClaimedChunk> chunks, String error) {
    return held(
            """
            update rag_chunks c
            set embedding_status = 'failed', claimed_by = null, lease_until = null,
                embedding_attempts = embedding_attempts + 1, embedding_error = :error
            """,
            chunks)
        .param("error", error)
        .update();
  }

  /** Puts back what this process holds, uncharged, but for the rows that are still worked on. */
  public int releaseAllBut(Collection<Long> ids) {
    return jdbc.sql(
            """
            update rag_chunks
            set embedding_status = 'pending', claimed_by = null, lease_until = null, next_attempt_at = now()
            where embedding_status = 'processing' and claimed_by = :worker and id <> all (:ids)
            """)
        .param("worker", settings.worker())
        .param("ids", ids.toArray(Long[]::new))
        .update();
  }

  /** Prolongs the claim of those rows that are still held; the others need nothing. */
  public int renew(Collection<ClaimedChunk> chunks) {
    return held(
            "update rag_chunks c set lease_until = now() + make_interval(secs => :lease)\n", chunks)
        .param("lease", seconds(settings.lease()))
        .update();
  }

  /**
   * Puts rows back whose texts somebody else is sending. They wait as long again as that one has
   * been at it: his answer comes soon as a rule, but he may have died.
   *
   * @param flight how long a text is left to who sends it
   */
  public int postponeBehindOthers(
      Collection<ClaimedChunk> chunks, EmbeddingModel model, Duration flight) {
    return jdbc.sql(
            """
            update rag_chunks c
            set embedding_status = 'pending', claimed_by = null, lease_until = null,
                next_attempt_at = now() + greatest(interval '1 s', coalesce(least(t.lease_until - now(),
                  make_interval(secs => :flight) - (t.lease_until - now())), interval '0'))
            from unnest(:ids, :fences, :hashes) held (id, fence, text_hash)
            left join texts_in_flight t on t.text_hash = held.text_hash and t.model = :model
            where c.id = held.id and c.embedding_fence = held.fence and c.lease_until is not null
            """)
        .param("ids", chunks.stream().map(ClaimedChunk::id).toArray(Long[]::new))
        .param("fences", chunks.stream().map(ClaimedChunk::fence).toArray(Long[]::new))
        .param("hashes", chunks.stream().map(ClaimedChunk::textHash).toArray(String[]::new))
        .param("model", model.name())
        .param("flight", seconds(flight))
        .update();
  }

  /**
   * Puts back rows whose worker let its lease run out. It charges an attempt, for the row's own
   * text may be what ends the workers; the first time it is due at once.
   */
  public int takeBackExpired(int limit) {
    return jdbc.sql(
            """
            with expired as (
              select id from rag_chunks
              where embedding_status = 'processing' and lease_until < now()
              order by lease_until limit :limit
              for update skip locked)
            update rag_chunks c
            set embedding_status = case when embedding_attempts + 1 < :max then 'pending' else 'failed' end,
                embedding_fence = embedding_fence + 1, claimed_by = null, lease_until = null,
                embedding_attempts = embedding_attempts + 1,
                embedding_error = 'its worker ended, or was silent for too long, while it was under way',
                next_attempt_at = now() + make_interval(secs => case when embedding_attempts = 0 then 0
                  else least(3600, 5 * 2 ^ least(embedding_attempts, 20)) * (0.5 + random() / 2) end)
            from expired where c.id = expired.id
            """)
        .param("max", settings.maxAttempts())
        .param("limit", limit)
        .update();
  }

  /**
   * Lets ready rows of another model wait for this one's vectors; what search has of them stays.
   *
   * @return how many; less than the limit when none is left
   */
  public int requeueOtherModels(UUID projectId, EmbeddingModel model, int limit) {
    return jdbc.sql(
            """
            with other as (
              select id from rag_chunks
              where project_id = :project and embedding_status = 'ready'
                and embedding_model = any (array(select name from embedding_models where name <> :model))
              limit :limit
              for update skip locked)
            update rag_chunks c
            set embedding = null, embedding_model = null, embedding_status = 'pending', embedding_error = null,
                embedding_attempts = 0, embedding_fence = embedding_fence + 1, next_attempt_at = now()
            from other where c.id = other.id
            """)
        .param("project", projectId)
        .param("model", model.name())
        .param("limit", limit)
        .update();
  }

  private JdbcClient.StatementSpec claiming(String claim) {
    return jdbc.sql(claim)
        .param("worker", settings.worker())
        .param("lease", seconds(settings.lease()));
  }

  private JdbcClient.StatementSpec held(String update, Collection<ClaimedChunk> chunks) {
    return held(update, chunks, "");
  }

  private JdbcClient.StatementSpec held(
      String update, Collection<ClaimedChunk> chunks, String rest) {
    return jdbc.sql(
            update
                + """
                from unnest(:ids, :fences) held (id, fence)
                where c.id = held.id and c.embedding_fence = held.fence and c.lease_until is not null
                """
                + rest)
        .param("ids", chunks.stream().map(ClaimedChunk::id).toArray(Long[]::new))
        .param("fences", chunks.stream().map(ClaimedChunk::fence).toArray(Long[]::new));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  private static ClaimedChunk row(ResultSet row, int number) throws SQLException {
    return new ClaimedChunk(
        row.getLong("id"),
        Columns.uuid(row, "project_id"),
        row.getString("text"),
        row.getString("text_hash"),
        row.getInt("content_tokens"),
        row.getLong("embedding_fence"),
        arrival(Columns.wholeNumber(row, "new_for_ms")));
  }

  private static @Nullable Arrival arrival(@Nullable Long millis) {
    return millis == null
        ? null
        : new Arrival(Duration.ofMillis(Math.max(0, millis)), System.nanoTime());
  }
}
