package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.DatabasePatience;
import dev.threadmill.embed.claim.SpareVectors;
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

  @Bean
  FlightLimit flightLimit(Settings settings, EmbeddingProvider provider, EmbeddingLimits limits) {
    boolean local =
        settings.text("EMBEDDING_PROVIDER").filter("local"::equalsIgnoreCase).isPresent();
    int lanes = settings.integer("EMBED_CONCURRENCY", local ? LOCAL_LANES : REMOTE_LANES, 1, 64);
    int batch = settings.integer("EMBED_BATCH_SIZE", 100, 1, 2048);
    boolean floats =
        settings.text("OPENAI_EMBED_FORMAT").filter("float"::equalsIgnoreCase).isPresent();
    int texts = Math.min(batch, limits.maxInputs());
    return new FlightLimit(
        Math.min(lanes, AnswerMemory.answersAtOnce(texts, provider.width(), floats)));
  }

  @Bean
  EmbedMeters embedMeters(
      MeterRegistry registry, FlightLimit flight, EmbeddingProvider provider, Settings settings) {
    var meters =
        new EmbedMeters(
            registry, EmbeddingConfiguration.providerName(settings), provider.model().name());
    meters.flight(flight);
    return meters;
  }

  @Bean
  Requests requests(
      EmbeddingProvider provider,
      EmbeddingPrices prices,
      ProviderGate gate,
      ModelSpace space,
      FlightLimit flight,
      EmbedMeters meters,
      Traces traces) {
    return new Requests(provider, prices, gate, space, flight, meters, traces);
  }

  @Bean
  ModelSpace modelSpace(
      EmbeddingProvider provider, VectorSpaces spaces, DatabasePatience patience) {
    return new ModelSpace(provider.model(), spaces, patience);
  }

  @Bean
  ChunkEmbedder chunkEmbedder(
      Requests requests,
      EmbeddingLimits limits,
      RowOutcomes rows,
      ClaimSettings claims,
      EmbedMeters meters) {
    return new ChunkEmbedder(requests, new InputLimit(limits), rows, claims, meters);
  }

  @Bean
  RowOutcomes.Tables outcomeTables(
      ChunkClaims claims,
      ChunkVectors vectors,
      TextsInFlight inFlight,
      SpareVectors spares,
      EmbeddingUsage usage) {
    return new RowOutcomes.Tables(claims, vectors, inFlight, spares, usage);
  }

  @Bean
  RowOutcomes rowOutcomes(
      RowOutcomes.Tables tables,
      ClaimSettings settings,
      PlatformTransactionManager transactions,
      DatabasePatience patience,
      EmbedMeters meters,
      Traces traces) {
    return new RowOutcomes(
        tables, settings, new TransactionTemplate(transactions), patience, meters, traces);
  }

  @Bean
  Lanes lanes(
      FlightLimit flight, ChunkEmbedder embedder, ChunkClaims claims, TextsInFlight inFlight) {
    return new Lanes(flight, embedder, claims, inFlight);
  }
}
