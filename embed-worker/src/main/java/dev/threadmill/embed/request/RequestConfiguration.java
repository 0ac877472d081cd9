package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.embed.budget.EmbeddingUsage;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.DatabasePatience;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.embed.claim.VectorSpaces;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
@Import(EmbeddingConfiguration.class)
class RequestConfiguration {
  /** The local model computes in this process: more lanes than its threads would only queue. */
  private static final int LOCAL_LANES = 1;

  private static final int REMOTE_LANES = 16;

  /**
   * Rows under way at once: each costs up to 50 kB while its answer is read, and a worker lives in
   * a heap of 256 MB.
   */
  private static final int MAX_ROWS = 3200;

  @Bean
  FlightLimit flightLimit(Settings settings) {
    boolean local =
        settings.text("EMBEDDING_PROVIDER").filter("local"::equalsIgnoreCase).isPresent();
    int lanes = settings.integer("EMBED_CONCURRENCY", local ? LOCAL_LANES : REMOTE_LANES, 1, 64);
    int batch = settings.integer("EMBED_BATCH_SIZE", 100, 1, 2048);
    return new FlightLimit(Math.max(1, Math.min(lanes, MAX_ROWS / batch)));
  }

  @Bean
  EmbedMeters embedMeters(MeterRegistry registry, FlightLimit flight) {
    var meters = new EmbedMeters(registry);
    meters.flight(flight);
    return meters;
  }

  @Bean
  Requests requests(
      EmbeddingProvider provider,
      EmbeddingPrices prices,
      ProviderGate gate,
      VectorSpaces spaces,
      FlightLimit flight,
      EmbedMeters meters) {
    return new Requests(provider, prices, gate, spaces, flight, meters);
  }

  @Bean
  ChunkEmbedder chunkEmbedder(
      Requests requests, EmbeddingLimits limits, RowOutcomes rows, EmbedMeters meters) {
    return new ChunkEmbedder(requests, new InputLimit(limits), rows, meters);
  }

  @Bean
  RowOutcomes rowOutcomes(
      ChunkClaims claims,
      ChunkVectors vectors,
      TextsInFlight inFlight,
      EmbeddingUsage usage,
      PlatformTransactionManager transactions,
      DatabasePatience patience) {
    return new RowOutcomes(
        claims, vectors, inFlight, usage, new TransactionTemplate(transactions), patience);
  }

  @Bean
  Lanes lanes(
      FlightLimit flight, ChunkEmbedder embedder, ChunkClaims claims, TextsInFlight inFlight) {
    return new Lanes(flight, embedder, claims, inFlight);
  }
}
