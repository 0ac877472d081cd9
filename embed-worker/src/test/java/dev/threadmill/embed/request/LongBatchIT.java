package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.DatabasePatience;
import dev.threadmill.embed.claim.SpareVectors;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.localstack.openai.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Batches that take longer than their lease, or lose the database, beside a worker that looks for
 * lost rows.
 */
class LongBatchIT extends WorkerTest {
  private static final Duration LEASE = Duration.ofSeconds(3);

  @Autowired private Requests requests;
  @Autowired private EmbedMeters meters;
  @Autowired private DatabasePatience patience;
  @Autowired private PlatformTransactionManager transactions;

  @Test
  void a_batch_that_takes_longer_than_its_lease_keeps_its_rows() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 80, Duration.ZERO);
    var settings = new ClaimSettings("slow-worker", LEASE, 5);
    var claims = new ChunkClaims(rows.jdbc(), settings);
    List<ClaimedChunk> claimed =
        claims.claim(events.stream().map(MessageUpserted::chunkId).toList(), List.of());
    assertThat(claimed).hasSize(80);
    // Eight requests one after the other.
    OPEN_AI.settings().latency(Duration.ofMillis(500));

    Tally tally = embedder(claims, settings).embed(claimed, () -> false);

    assertThat(tally.ready()).isEqualTo(80);
    assertThat(rows.idsWithStatus(home, "ready")).hasSize(80);
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(rows.read(event.chunkId()).fence()).as("claims").isEqualTo(1);
              assertThat(rows.read(event.chunkId()).attempts()).isZero();
            });
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(80);
  }

  @Test
  void of_what_a_process_claimed_only_that_is_put_back_which_none_of_its_batches_has()
      throws InterruptedException {
    Rows.Home home = rows.project();
    long working = rows.chunk(home, unique("under way")).chunkId();
    long lost = rows.chunk(home, unique("claimed, but the answer never came")).chunkId();
    var settings = new ClaimSettings("cut-off-worker", Duration.ofMinutes(30), 5);
    var claims = new ChunkClaims(rows.jdbc(), settings);
    var cutOff =
        new Lanes(
            new FlightLimit(2),
            embedder(claims, settings),
            claims,
            new TextsInFlight(rows.jdbc(), settings));
    cutOff.start();
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG));
    var answered = submit(cutOff, () -> claims.claim(List.of(working), List.of()));
    until().until(() -> hanging.hits() == 1);
    var broken =
        submit(
            cutOff,
            () -> {
              claims.claim(List.of(lost), List.of());
              throw new DataAccessResourceFailureException("the connection was cut");
            });
    assertThatThrownBy(broken::join).hasCauseInstanceOf(DataAccessResourceFailureException.class);
    assertThat(rows.read(lost).status()).isEqualTo("processing");

    cutOff.putBackLeftBehind();

    until().until(() -> rows.read(lost).status().equals("ready"));
    assertThat(rows.read(lost).attempts()).isZero();
    assertThat(rows.read(working).status()).isEqualTo("processing");
    hanging.close();
    assertThat(answered.join().ready()).isEqualTo(1);
    assertThat(rows.read(working).fence()).as("claims").isEqualTo(1);
  }

  @Test
  void a_commit_that_went_through_though_the_connection_broke_is_neither_paid_nor_booked_again() {
    Rows.Home home = rows.project();
    String text = unique("written once");
    var settings = new ClaimSettings("unlucky-worker", LEASE, 5);
    var claims = new ChunkClaims(rows.jdbc(), settings);
    var embedder = embedder(claims, settings, eachFirstCommitBreaks());
    long first = rows.chunk(home, text).chunkId();

    Tally paid = embedder.embed(claims.claim(List.of(first), List.of()), () -> false);

    assertThat(paid.ready()).isEqualTo(1);
    assertThat(rows.read(first).status()).isEqualTo("ready");
    assertThat(booked(home)).isEqualTo("1 requests, 1 inputs, 0 reused");
    assertThat(rows.jdbc().sql("select count(*) from spare_vectors").query(Long.class).single())
        .isZero();

    long equal = rows.chunk(home, text).chunkId();
    Tally reused = embedder.embed(claims.claim(List.of(equal), List.of()), () -> false);

    assertThat(reused.reused()).isEqualTo(1);
    assertThat(rows.read(equal).status()).isEqualTo("ready");
    assertThat(booked(home)).isEqualTo("1 requests, 1 inputs, 1 reused");
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(1);
  }

  private String booked(Rows.Home home) {
    return rows.jdbc()
        .sql(
            """
            select format('%s requests, %s inputs, %s reused', sum(requests), sum(inputs), sum(reused))
            from embedding_usage where project_id = :project
            """)
        .param("project", home.projectId())
        .query(String.class)
        .single();
  }

  /** Commits, and then says that the connection broke: every other time. */
  private TransactionOperations eachFirstCommitBreaks() {
    var committing = new TransactionTemplate(transactions);
    var breaks = new AtomicBoolean();
    return new TransactionOperations() {
      @Override
      public <T> T execute(TransactionCallback<T> action) {
        T result = committing.execute(action);
        if (!breaks.getAndSet(!breaks.get())) {
          throw new DataAccessResourceFailureException("the connection broke at the commit");
        }
        return result;
      }
    };
  }

  private static CompletableFuture<Tally> submit(Lanes to, Supplier<List<ClaimedChunk>> claim)
      throws InterruptedException {
    return to.submit(claim, () -> false, Duration.ofSeconds(10)).orElseThrow();
  }

  private ChunkEmbedder embedder(ChunkClaims claims, ClaimSettings settings) {
    return embedder(claims, settings, new TransactionTemplate(transactions));
  }

  private ChunkEmbedder embedder(
      ChunkClaims claims, ClaimSettings settings, TransactionOperations transaction) {
    var tables =
        new RowOutcomes.Tables(
            claims,
            new ChunkVectors(rows.jdbc()),
            new TextsInFlight(rows.jdbc(), settings),
            new SpareVectors(rows.jdbc()),
            new EmbeddingUsage(rows.jdbc()));
    return new ChunkEmbedder(
        requests,
        new InputLimit(new EmbeddingLimits(10)),
        new RowOutcomes(tables, settings, transaction, patience, meters, Traces.none()),
        settings,
        meters);
  }
}
