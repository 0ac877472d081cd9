package dev.threadmill.embed.index;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.core.embedding.EmbeddingModel;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.DueWalk;
import dev.threadmill.embed.claim.EmbeddedChunk;
import dev.threadmill.embed.claim.VectorSpaces;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A measurement, not a test: what each design of the vector index costs a backlog, and what search
 * has of it meanwhile. Its name keeps it out of the build; docs/adr/0009 says how to run it.
 */
class IndexDesigns {
  private static final IndexSettings SETTINGS = new IndexSettings(10_000, 256);

  /** A single vector is a fresh part. */
  private static final IndexSettings EACH = new IndexSettings(1, 256);

  private static final int OLD = Integer.getInteger("old", 20_000);
  private static final int BACKLOG = Integer.getInteger("backlog", 20_000);
  private static final int SEARCHES = Integer.getInteger("searches", 100);
  private static final int LOAD = 20_000;
  private static final int WIDTH = 1536;
  private static final EmbeddingModel MODEL = new EmbeddingModel("text-embedding-3-small");

  private final OpenAiSimulator provider = OpenAiSimulator.start();
  private final Random random = new Random(1);

  private enum Design {
    NO_INDEX,
    ROW_BY_ROW,
    SEGMENTS,
    AFTER_THE_LOAD
  }

  @Test
  void measure() {
    String wanted = System.getProperty("designs", "NO_INDEX,ROW_BY_ROW,SEGMENTS,AFTER_THE_LOAD");
    for (String design : wanted.split(",", -1)) {
      new Run(Design.valueOf(design)).measure();
    }
  }

  /** Sentences of 30 words out of 3,000, the frequent ones more often, as in a language. */
  private String text(int number) {
    return IntStream.range(0, 30)
            .mapToObj(i -> "word" + (int) (3000 * Math.pow(random.nextDouble(), 2)))
            .collect(Collectors.joining(" "))
        + " "
        + number;
  }

  private final class Run {
    private final Design design;
    private final HikariDataSource database = new HikariDataSource();
    private final JdbcClient jdbc;
    private final ChunkVectors vectors;
    private final ChunkClaims claims;
    private final TransactionTemplate transaction;
    private final VectorSegments segments;
    private final int model;
    private final Rows.Home home;

    Run(Design design) {
      this.design = design;
      Database fresh = TestServers.shared().createDatabase();
      database.setJdbcUrl(fresh.jdbcUrl());
      database.setUsername(fresh.username());
      database.setPassword(fresh.password());
      Flyway.configure().dataSource(database).load().migrate();
      jdbc = JdbcClient.create(database);
      vectors = new ChunkVectors(jdbc);
      claims = new ChunkClaims(jdbc, new ClaimSettings("bench", Duration.ofHours(1), 5));
      transaction = new TransactionTemplate(new JdbcTransactionManager(database));
      segments = new VectorSegments(jdbc, transaction);
      model = new VectorSpaces(jdbc).id(MODEL, WIDTH).orElseThrow();
      home = new Rows(jdbc).project();
    }

    void measure() {
      load(OLD);
      jdbc.sql("insert into project_vector_spaces (project_id, model_id) values (:p, :m)")
          .param("p", home.projectId())
          .param("m", model)
          .update();
      IndexKeeper keeper = keeper();
      long buildStart = System.nanoTime();
      if (design == Design.ROW_BY_ROW) {
        jdbc.sql(
                "create index all_vectors on rag_vectors using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops)"
                    + " with (m = 24, ef_construction = 128) where model_id = "
                    + model)
            .update();
      } else if (design != Design.NO_INDEX) {
        keeper.start();
        awaitSealed();
      }
      double build = seconds(buildStart);
      if (design == Design.AFTER_THE_LOAD) {
        keeper.stop();
      }
      List<ClaimedChunk> waiting = claim(BACKLOG);
      List<float[]> prepared = prepare(waiting);
      var done = new AtomicBoolean();
      var during = CompletableFuture.supplyAsync(() -> searches(done));
      long start = System.nanoTime();
      write(waiting, prepared);
      double took = seconds(start);
      done.set(true);
      Searches whileLoading = during.join();
      long catchUp = System.nanoTime();
      if (design == Design.AFTER_THE_LOAD) {
        keeper.start();
      }
      if (design == Design.SEGMENTS || design == Design.AFTER_THE_LOAD) {
        awaitSealed();
      }
      double caughtUp = seconds(catchUp);
      keeper.stop();
      var once = new AtomicBoolean();
      Searches after = searches(once, SEARCHES);
      System.out.printf(
          Locale.ROOT,
          "RESULT %-14s first index %5.1f s | backlog of %d: %6.0f rows/s | searches meanwhile: %s | caught up after %5.1f s |"
              + " searches then: %s%n",
          design,
          build,
          BACKLOG,
          BACKLOG / took,
          whileLoading,
          caughtUp,
          after);
      database.close();
    }

    private IndexKeeper keeper() {
      return new IndexKeeper(
          segments,
          new HnswIndexes(database, 256),
          SETTINGS,
          new VectorSpaces(jdbc),
          MODEL,
          Duration.ofSeconds(1));
    }

    private void awaitSealed() {
      Awaitility.await()
          .forever()
          .pollInterval(Duration.ofMillis(200))
          .until(
              () ->
                  segments.leftovers().isEmpty() && segments.freshParts(SETTINGS, MODEL).isEmpty());
    }

    private void load(int count) {
      for (int loaded = 0; loaded < count; loaded += LOAD) {
        List<ClaimedChunk> claimed = claim(Math.min(LOAD, count - loaded));
        write(claimed, prepare(claimed));
      }
    }

    private List<ClaimedChunk> claim(int count) {
      new Rows(jdbc)
          .chunks(home, IntStream.range(0, count).mapToObj(IndexDesigns.this::text).toList());
      return new DueWalk(claims, home.projectId()).claim(count, Duration.ZERO);
    }

    private List<float[]> prepare(List<ClaimedChunk> chunks) {
      return chunks.stream().map(c -> provider.vectorFor(MODEL.name(), WIDTH, c.text())).toList();
    }

    /** As the worker writes: 100 rows a transaction, four at once. */
    private void write(List<ClaimedChunk> chunks, List<float[]> prepared) {
      try (var threads = java.util.concurrent.Executors.newFixedThreadPool(4)) {
        for (int from = 0; from < chunks.size(); from += 100) {
          int first = from;
          int last = Math.min(chunks.size(), from + 100);
          threads.execute(
              () -> {
                List<EmbeddedChunk> batch = new ArrayList<>();
                for (int i = first; i < last; i++) {
                  batch.add(new EmbeddedChunk(chunks.get(i), prepared.get(i), null));
                }
                transaction.executeWithoutResult(status -> vectors.write(batch, MODEL, model));
              });
        }
      }
    }

    private Searches searches(AtomicBoolean done) {
      return searches(done, Integer.MAX_VALUE);
    }

    private Searches searches(AtomicBoolean done, int most) {
      List<Double> millis = new ArrayList<>();
      double recall = 0;
      while (!done.get() && millis.size() < most) {
        float[] query = provider.vectorFor(MODEL.name(), WIDTH, text(0));
        long start = System.nanoTime();
        List<Long> found = search(query);
        millis.add(seconds(start) * 1000);
        List<Long> right = exact(query);
        recall += (double) right.stream().filter(found::contains).count() / right.size();
      }
      millis.sort(Comparator.naturalOrder());
      return new Searches(
          millis.size(), recall / millis.size(), millis.get((int) (millis.size() * 0.95)));
    }

    private List<Long> search(float[] query) {
      String part =
          "(select chunk_id, %1$s <=> (select '%2$s'::halfvec(1536)) as distance from rag_vectors where project_id = '"
              + home.projectId()
              + "' and model_id = "
              + model
              + " and %3$s order by %1$s <=> (select '%2$s'::halfvec(1536)) limit 100)";
      String vector = Arrays.toString(query);
      List<String> parts = new ArrayList<>();
      if (design == Design.ROW_BY_ROW) {
        parts.add(part.formatted("embedding::halfvec(1536)", vector, "true"));
      } else {
        long from = 0;
        for (Segment segment : ready()) {
          parts.add(
              part.formatted(
                  "embedding::halfvec(1536)",
                  vector,
                  "position >= " + segment.from() + " and position < " + segment.to()));
          from = segment.to();
        }
        parts.add(part.formatted("embedding", vector, "position >= " + from));
      }
      return transaction.execute(
          status -> {
            jdbc.sql(
                    "select set_config('hnsw.ef_search','400',true), set_config('enable_seqscan','off',true),"
                        + " set_config('enable_bitmapscan','off',true), set_config('enable_sort','off',true)")
                .query((row, number) -> 1)
                .list();
            return jdbc.sql(
                    "select chunk_id from ("
                        + String.join(" union all ", parts)
                        + ") near order by distance limit 10")
                .query(Long.class)
                .list();
          });
    }

    private List<Segment> ready() {
      return segments.freshParts(EACH, MODEL).stream()
          .findFirst()
          .map(FreshPart::sealed)
          .orElse(List.of());
    }

    /** By the full vectors, in single precision. */
    private List<Long> exact(float[] query) {
      return jdbc.sql(
              "select id from rag_chunks where embedding_status = 'ready' order by embedding <=> '"
                  + Arrays.toString(query)
                  + "'::vector limit 10")
          .query(Long.class)
          .list();
    }
  }

  private record Searches(int count, double recall, double p95Millis) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%d, recall@10 %.3f, p95 %.0f ms", count, recall, p95Millis);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
