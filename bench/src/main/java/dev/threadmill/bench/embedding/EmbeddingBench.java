package dev.threadmill.bench.embedding;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Group;
import dev.threadmill.bench.Report;
import dev.threadmill.bench.Samples;
import dev.threadmill.bench.Usage;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Rows with a vector per second: workers beside the ceiling by hand and beside peers, on one
 * machine that client, simulated provider and database share.
 */
public final class EmbeddingBench implements Group {
  static final String MODEL = "text-embedding-3-small";
  static final int WIDTH = 1536;
  private static final int ROUNDS = 3;
  private static final int CHUNKS = 20_000;

  /** Peers are slower; their rate shows with fewer. */
  private static final int PEER_CHUNKS = 3_000;

  /**
   * A whole round, or a worker that still compiles is compared with a client that no longer does.
   */
  private static final int WARM_UP = CHUNKS;

  @Override
  public String name() {
    return "embedding";
  }

  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    for (Duration latency : List.of(Duration.ZERO, Duration.ofMillis(200))) {
      try (OpenAiSimulator provider = OpenAiSimulator.start()) {
        provider.settings().latency(latency);
        besideCeiling(servers, report, provider, latency, 1, false);
        besideCeiling(servers, report, provider, latency, 1, true);
        besideCeiling(servers, report, provider, latency, 2, false);
        besidePeers(servers, report, provider, latency);
      }
    }
  }

  private static void besideCeiling(
      BenchServers servers,
      Report report,
      OpenAiSimulator provider,
      Duration latency,
      int workers,
      boolean indexed)
      throws Exception {
    Samples ours = new Samples();
    Samples theirs = new Samples();
    Usage usage = Usage.UNKNOWN;
    try (OurWorkers worker = new OurWorkers(servers, provider, workers, indexed);
        Ceiling ceiling = new Ceiling(pool(servers), provider.baseUrl())) {
      worker.embed(texts(WARM_UP));
      measure(ceiling, WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        provider.log().reset();
        Usage before = worker.usage();
        ours.add(CHUNKS / seconds(worker.embed(texts(CHUNKS))));
        usage = worker.usage().since(before);
        requireEachOnce(provider);
        theirs.add(CHUNKS / measure(ceiling, CHUNKS));
      }
    }
    report.rate(
        "%d worker%s%s, %d ms a request"
            .formatted(
                workers, workers == 1 ? "" : "s", indexed ? ", indexing" : "", latency.toMillis()),
        "chunks/s",
        ours,
        "ceiling by hand",
        theirs,
        usage);
  }

  private static void besidePeers(
      BenchServers servers, Report report, OpenAiSimulator provider, Duration latency)
      throws Exception {
    Samples ours = new Samples();
    try (OurWorkers worker = new OurWorkers(servers, provider, 1, false)) {
      worker.embed(texts(WARM_UP));
      for (int round = 0; round < ROUNDS; round++) {
        ours.add(CHUNKS / seconds(worker.embed(texts(CHUNKS))));
      }
    }
    URI url = provider.baseUrl();
    for (Peer peer :
        List.of(
            new SpringAiPeer(pool(servers), url, 1),
            new SpringAiPeer(pool(servers), url, 8),
            new LangChain4jPeer(pool(servers), url, 1, "float"),
            new LangChain4jPeer(pool(servers), url, 8, "base64"))) {
      try (peer) {
        Samples theirs = new Samples();
        measure(peer, 500);
        for (int round = 0; round < ROUNDS; round++) {
          theirs.add(PEER_CHUNKS / measure(peer, PEER_CHUNKS));
        }
        report.rate(
            "1 worker, %d ms a request".formatted(latency.toMillis()),
            "chunks/s",
            ours,
            peer.name(),
            theirs,
            Usage.UNKNOWN);
      }
    }
  }

  private static double measure(Peer peer, int count) throws Exception {
    List<String> texts = texts(count);
    if (peer instanceof Ceiling ceiling) {
      ceiling.prepare(texts);
    }
    long before = peer.stored();
    long start = System.nanoTime();
    peer.embed(texts);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (peer.stored() - before != count) {
      throw new IllegalStateException(
          "%s stored %d of %d".formatted(peer.name(), peer.stored() - before, count));
    }
    return seconds;
  }

  private static void requireEachOnce(OpenAiSimulator provider) {
    if (provider.log().repeatedInputs() != 0 || provider.log().distinctTexts() != CHUNKS) {
      throw new IllegalStateException(
          "%d texts were embedded, %d of them again"
              .formatted(provider.log().distinctTexts(), provider.log().repeatedInputs()));
    }
  }

  /** Texts of some 150 characters that nobody has seen before. */
  private static List<String> texts(int count) {
    String series = UUID.randomUUID().toString();
    String body = " the parcel has not arrived and nobody answers, what happens now?";
    return IntStream.range(0, count)
        .mapToObj(i -> "message " + i + " of " + series + body + " reference " + (i * 31))
        .toList();
  }

  private static HikariDataSource pool(BenchServers servers) throws SQLException {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(servers.createDatabase());
    pool.setUsername(servers.user());
    pool.setPassword(servers.password());
    pool.setMaximumPoolSize(16);
    return pool;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
