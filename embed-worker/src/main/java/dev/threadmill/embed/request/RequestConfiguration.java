package dev.threadmill.embed.request;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingLimits;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ChunkVectors;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration(proxyBeanMethods = false)
@Import(EmbeddingConfiguration.class)
class RequestConfiguration {
  /** The local model computes in this process: more lanes than its threads would only queue. */
  private static final int LOCAL_LANES = 1;

  private static final int REMOTE_LANES = 4;

  @Bean
  ChunkEmbedder chunkEmbedder(
      EmbeddingProvider provider,
      EmbeddingLimits limits,
      ProviderGate gate,
      RowOutcomes rows,
      MeterRegistry meters) {
    return new ChunkEmbedder(provider, limits, gate, rows, new EmbedMeters(meters));
  }

  @Bean
  RowOutcomes rowOutcomes(ChunkClaims claims, ChunkVectors vectors, Clock clock) {
    return new RowOutcomes(claims, vectors, new DatabasePatience(clock));
  }

  @Bean
  Lanes lanes(Settings settings, ChunkEmbedder embedder, ChunkClaims claims) {
    boolean local =
        settings.text("EMBEDDING_PROVIDER").filter("local"::equalsIgnoreCase).isPresent();
    int lanes = settings.integer("EMBED_CONCURRENCY", local ? LOCAL_LANES : REMOTE_LANES, 1, 64);
    return new Lanes(lanes, embedder, claims);
  }
}
