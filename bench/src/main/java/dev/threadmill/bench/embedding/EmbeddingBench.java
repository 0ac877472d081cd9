package dev.threadmill.bench.embedding;

import com.zaxxer.hikari.HikariDataSource;
import dev.threadmill.bench.BenchServers;
import dev.threadmill.bench.Goal;
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
  private static final String UNIT = "chunks/s";
  private static final int ROUNDS = 3;

  /** What one worker embeds in the main scenario. */
  private static final int CHUNKS = 20_000;

  /** Of several workers, or beside the building of indexes: seconds of work all the same. */
  private static final int FEWER_CHUNKS = 6_000;

  /** Where a request takes long. */
  private static final int CHUNKS_OF_SLOW = 4_000;

  /** Four batches for each of eight threads; a peer with one is so slow that ten of them do. */
  private static final int PEER_CHUNKS = 3_200;

  private static final int CHUNKS_OF_ONE_THREAD = 1_000;

  private static final Duration SLOW = Duration.ofMillis(200);

  @Override
  public String name() {
    return "embedding";
  }

  /**
   * Indexes are built beside a quick provider only: they cost the database, which a slow one leaves
   * idle.
   */
  @Override
  public void run(BenchServers servers, Report report) throws Exception {
    Samples one = scale(servers, report, Duration.ZERO, 2);
    indexing(servers, report, one);
    var unused = scale(servers, report, SLOW, 2, 4);
  }

  /**
   * Workers on one database, more and more of them, and one of them in turns with the ceiling and
   * the peers.
   *
   * @param numbers of workers, besides one
   * @return the rate of one
   */
  private static Samples scale(
      BenchServers servers, Report report, Duration latency, int... numbers) throws Exception {
    try (OpenAiSimulator provider = provider(latency);
        OurWorkers workers = new OurWorkers(servers, provider, 1, false);
        Ceiling ceiling = new Ceiling(pool(servers), provider.baseUrl())) {
      measure(ceiling, FEWER_CHUNKS);
      Beside one = besidePeers(servers, report, provider, workers, ceiling, latency);
      for (int number : numbers) {
        workers.growTo(number);
        Beside more = besideCeiling(provider, workers, ceiling, List.of(), fewer(latency), false);
        String of = of(number, latency);
        report.rate(of, UNIT, more.ours(), ceiling.name(), one.ceiling(), more.usage());
        report.rate(of, UNIT, more.ours(), "1 worker", one.ours(), Usage.UNKNOWN);
        if (number == 2 && latency.equals(SLOW)) {
          report.goal(Goal.SECOND_WORKER, more.ours().median() / one.ours().median());
        }
      }
      return one.ours();
    }
  }

  private static Beside besidePeers(
      BenchServers servers,
      Report report,
      OpenAiSimulator provider,
      OurWorkers worker,
      Ceiling ceiling,
      Duration latency)
      throws Exception {
    URI url = provider.baseUrl();
    List<Peer> peers =
        List.of(
            new SpringAiPeer(pool(servers), url, 1),
            new SpringAiPeer(pool(servers), url, 8),
            new LangChain4jPeer(pool(servers), url, 1, "float"),
            new LangChain4jPeer(pool(servers), url, 8, "base64"));
    try {
      for (Peer peer : peers) {
        measure(peer, chunks(peer));
      }
      Beside beside = besideCeiling(provider, worker, ceiling, peers, chunks(latency), true);
      Samples ours = beside.ours();
      String of = of(1, latency);
      report.rate(of, UNIT, ours, ceiling.name(), beside.ceiling(), beside.usage());
      double quickest = 0;
      for (int i = 0; i < peers.size(); i++) {
        Samples theirs = beside.peers().get(i);
        report.rate(of, UNIT, ours, peers.get(i).name(), theirs, Usage.UNKNOWN);
        quickest = Math.max(quickest, theirs.median());
      }
      if (latency.isZero()) {
        report.goal(Goal.CEILING, ours.median() / beside.ceiling().median());
        if (beside.before().peakMegabytes() > 0) {
          report.goal(
              Goal.FLAT_MEMORY,
              (double) beside.usage().peakMegabytes() / beside.before().peakMegabytes());
        }
      } else {
        report.goal(Goal.PEERS, ours.median() / quickest);
      }
      return beside;
    } finally {
      peers.forEach(Peer::close);
    }
  }

  private static void indexing(BenchServers servers, Report report, Samples withoutIndexes)
      throws Exception {
    try (OpenAiSimulator provider = provider(Duration.ZERO);
        OurWorkers worker = new OurWorkers(servers, provider, 1, true);
        Ceiling ceiling = new Ceiling(pool(servers), provider.baseUrl())) {
      Beside beside = besideCeiling(provider, worker, ceiling, List.of(), FEWER_CHUNKS, true);
      if (worker.segments() == 0) {
        throw new IllegalStateException("no index was built meanwhile");
      }
      report.rate(
          "1 worker, indexing, 0 ms a request",
          UNIT,
          beside.ours(),
          ceiling.name(),
          beside.ceiling(),
          beside.usage());
      report.goal(Goal.WHILE_INDEXING, beside.ours().median() / withoutIndexes.median());
    }
  }

  /**
   * @param before what the workers had used before the first round that counts
   * @param usage what they used in the last
   */
  private record Beside(
      Samples ours, Samples ceiling, List<Samples> peers, Usage before, Usage usage) {}

  /**
   * In turns: ours, the ceiling, each peer. The workers do one round more first, or ones that still
   * compile are compared with a client that no longer does.
   *
   * @param again whether the ceiling is measured, too
   */
  private static Beside besideCeiling(
      OpenAiSimulator provider,
      OurWorkers workers,
      Ceiling ceiling,
      List<Peer> peers,
      int chunks,
      boolean again)
      throws Exception {
    Samples ours = new Samples();
    Samples most = new Samples();
    List<Samples> theirs = peers.stream().map(peer -> new Samples()).toList();
    workers.embed(texts(chunks));
    Usage first = workers.usage();
    Usage usage = first;
    for (int round = 0; round < ROUNDS; round++) {
      provider.log().reset();
      Usage before = workers.usage();
      ours.add(chunks / seconds(workers.embed(texts(chunks))));
      usage = workers.usage().since(before);
      requireEachOnce(provider, chunks);
      if (again) {
        most.add(chunks / measure(ceiling, chunks));
      }
      for (int i = 0; i < peers.size(); i++) {
        int some = chunks(peers.get(i));
        theirs.get(i).add(some / measure(peers.get(i), some));
      }
    }
    workers.requireVectors();
    requireVectors(provider, ceiling);
    for (Peer peer : peers) {
      requireVectors(provider, peer);
    }
    return new Beside(ours, most, theirs, first, usage);
  }

  private static int chunks(Duration latency) {
    return latency.isZero() ? CHUNKS : CHUNKS_OF_SLOW;
  }

  private static int fewer(Duration latency) {
    return latency.isZero() ? FEWER_CHUNKS : CHUNKS_OF_SLOW;
  }

  private static void requireVectors(OpenAiSimulator provider, Peer peer) throws SQLException {
    try (var connection = peer.pool().getConnection()) {
      StoredVectors.require(connection, provider, peer.table(), peer.text(), peer::sent);
    }
  }

  private static int chunks(Peer peer) {
    return peer.threads() == 1 ? CHUNKS_OF_ONE_THREAD : PEER_CHUNKS;
  }

  private static OpenAiSimulator provider(Duration latency) {
    OpenAiSimulator provider = OpenAiSimulator.start();
    provider.settings().latency(latency);
    return provider;
  }

  private static String of(int workers, Duration latency) {
    return "%d worker%s, %d ms a request"
        .formatted(workers, workers == 1 ? "" : "s", latency.toMillis());
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

  private static void requireEachOnce(OpenAiSimulator provider, int chunks) {
    if (provider.log().repeatedInputs() != 0 || provider.log().distinctTexts() != chunks) {
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
