package dev.threadmill.bench.micro;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The claim of a hundred rows by their ids, as an embed worker does it for a batch of events,
 * committed, on PostgreSQL. The rows are put back between two claims, which is not measured.
 */
@State(Scope.Benchmark)
public class ClaimMicro {
  static final String DATABASE = "threadmill.bench.claim.";
  private static final int BATCH = 100;

  /** How many rows wait. */
  @Param({"1000", "10000", "100000"})
  public int rows;

  private final HikariDataSource pool = new HikariDataSource();
  private final ChunkClaims claims =
      new ChunkClaims(
          JdbcClient.create(pool), new ClaimSettings("bench", Duration.ofMinutes(30), 5));
  private int batch;

  /** Claims each row once, and no row that is claimed. */
  @Setup
  public void check() throws SQLException {
    pool.setJdbcUrl(System.getProperty(DATABASE + rows));
    pool.setUsername(System.getProperty(DATABASE + "user"));
    pool.setPassword(System.getProperty(DATABASE + "password"));
    // As in a service.
    pool.addDataSourceProperty("prepareThreshold", "0");
    List<ClaimedChunk> claimed = claims.claim(ids(), Set.of());
    Checks.require(
        claimed.stream().map(ClaimedChunk::id).toList().equals(ids()), "not all were claimed");
    Checks.require(claims.claim(ids(), Set.of()).isEmpty(), "rows were claimed twice");
    putBack();
  }

  @Benchmark
  public List<ClaimedChunk> claim() {
    return claims.claim(ids(), Set.of());
  }

  /** The next claim is of the next rows, so that it does not find its own dead ones. */
  @TearDown(Level.Invocation)
  public void putBack() throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                """
                update rag_chunks set embedding_status = 'pending', claimed_by = null, lease_until = null
                where id between ? and ? and embedding_status = 'processing'
                """)) {
      update.setLong(1, first());
      update.setLong(2, first() + BATCH - 1);
      Checks.require(update.executeUpdate() == BATCH, "not a hundred rows were claimed");
    }
    batch++;
  }

  @TearDown
  public void close() {
    pool.close();
  }

  private List<Long> ids() {
    return LongStream.range(first(), first() + BATCH).boxed().toList();
  }

  private long first() {
    return 1 + (long) batch * BATCH % rows;
  }
}
