package dev.threadmill.gateway.search;

import com.pgvector.PGvector;
import dev.threadmill.core.count.RowCounts;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Ranks {@code rag_vectors} by nearness. */
@Repository
class NearestVectors {
  /** Lower ones miss more than one in twenty of the ten nearest (ADR 9). */
  private static final int MIN_EF_SEARCH = 400;

  /** A second connection costs a millisecond or two, as much as comparing some four thousand. */
  private static final long MIN_HALVED = 20_000;

  /** By the places of the rows: each connection reads pages of its own. */
  private static final String FORMER = "ctid < '%s'";

  private static final String LATTER = "ctid >= '%s'";

  private final JdbcClient jdbc;
  private final TimedReads reads;
  private final SearchPlaces places;
  private final RowCounts counts;

  NearestVectors(JdbcClient jdbc, TimedReads reads, SearchPlaces places, RowCounts counts) {
    this.jdbc = jdbc;
    this.reads = reads;
    this.places = places;
    this.counts = counts;
  }

  /**
   * @param distance of its vector to the question's: one less the cosine
   */
  record Near(long chunkId, double distance) {
    private static final Comparator<Near> FIRST =
        Comparator.comparingDouble(Near::distance).thenComparingLong(Near::chunkId);
  }

  /**
   * The nearest of all, so many at the most. Of a project whose vectors are all compared another
   * connection compares one half where there is a place for it: what takes time is reading them
   * from memory, and a connection has mapped that where a parallel process of PostgreSQL would have
   * to map it anew. Each row is in one half, for it stays in its place as long as it lives.
   */
  List<Near> of(UUID projectId, SearchSpace space, float[] question, int most, Deadline deadline) {
    var sql = new NearestSql(projectId, space);
    String query = new PGvector(question).toString();
    if (!space.segments().isEmpty()) {
      return reads.until(
          deadline,
          () -> {
            compareAlone();
            walkIndexes(Math.max(MIN_EF_SEARCH, most));
            return near(sql.text(), query, most);
          });
    }
    if (counts.of(projectId).ready() < MIN_HALVED) {
      return compared(sql.exact("true"), query, most, deadline);
    }
    String middle = reads.until(deadline, () -> List.of(middle(projectId, space))).getFirst();
    Supplier<List<Near>> half =
        () -> compared(sql.exact(FORMER.formatted(middle)), query, most, deadline);
    Optional<CompletableFuture<List<Near>>> beside = places.beside(half);
    if (beside.isEmpty()) {
      return compared(sql.exact("true"), query, most, deadline);
    }
    List<Near> other = compared(sql.exact(LATTER.formatted(middle)), query, most, deadline);
    return Stream.concat(other.stream(), joined(beside.get(), half, deadline).stream())
        .sorted(Near.FIRST)
        .limit(most)
        .toList();
  }

  /**
   * The place of the vector that is halfway between the project's first and its last one. Where
   * vectors of other projects lie unevenly among its own, the halves are uneven, too, which costs
   * time and nothing else.
   */
  private String middle(UUID projectId, SearchSpace space) {
    return jdbc.sql(
            """
            with ends as (
              select (select position from rag_vectors where project_id = :project and model_id = :model
                      order by position limit 1) as first,
                (select position from rag_vectors where project_id = :project and model_id = :model
                 order by position desc limit 1) as last)
            select coalesce((
              select v.ctid::text from ends, rag_vectors v
              where v.project_id = :project and v.model_id = :model and v.position >= (first + last) / 2
              order by v.position limit 1), '(0,0)')
            """)
        .param("project", projectId)
        .param("model", space.modelId())
        .query(String.class)
        .single();
  }

  /** What the other connection found; where it could not be had, this one looks. */
  private static List<Near> joined(
      CompletableFuture<List<Near>> beside, Supplier<List<Near>> half, Deadline deadline) {
    try {
      return beside.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new TooSlowException(late);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof TooSlowException tooSlow) {
        throw tooSlow;
      }
      return half.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("stopped while another connection compares", stopped);
    }
  }

  private List<Near> compared(String sql, String query, int most, Deadline deadline) {
    return reads.until(
        deadline,
        () -> {
          compareAlone();
          return near(sql, query, most);
        });
  }

  private List<Near> near(String sql, String query, int most) {
    return jdbc.sql(sql)
        .param("query", query)
        .param("near", most)
        .query((row, number) -> new Near(row.getLong("chunk_id"), row.getDouble("distance")))
        .list();
  }

  /**
   * For this transaction only: new processes would first map the pages of shared memory that this
   * one has mapped already.
   */
  private void compareAlone() {
    var unused =
        jdbc.sql("select set_config('max_parallel_workers_per_gather', '0', true)")
            .query(String.class)
            .single();
  }

  /**
   * For this transaction only: an index gives its rows in order, so nothing but it may be used for
   * the segments; the fresh part has none, and is read by position.
   */
  private void walkIndexes(int candidates) {
    jdbc.sql(
            """
            select set_config('hnsw.ef_search', :ef, true), set_config('hnsw.iterative_scan', 'relaxed_order', true),
              set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
              set_config('enable_sort', 'off', true)
            """)
        .param("ef", Integer.toString(candidates))
        .query((row, number) -> row.getString(1))
        .list();
  }
}
