package dev.threadmill.embed.index;

import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.SpareVectors;
import dev.threadmill.embed.claim.TextsInFlight;
import dev.threadmill.embed.claim.VectorSpaces;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@Configuration(proxyBeanMethods = false)
class IndexConfiguration {
  @Bean
  IndexSettings indexSettings(Settings settings) {
    return new IndexSettings(
        settings.text("EMBED_INDEX_MIN_ROWS").isEmpty()
            ? IndexSettings.BY_WIDTH
            : settings.integer("EMBED_INDEX_MIN_ROWS", 10_000, 100, 1_000_000),
        settings.integer("EMBED_INDEX_MEMORY_MB", 256, 16, 65_536));
  }

  @Bean
  VectorSegments vectorSegments(JdbcClient jdbc, PlatformTransactionManager transactions) {
    return new VectorSegments(jdbc, new TransactionTemplate(transactions));
  }

  @Bean
  HnswIndexes hnswIndexes(DataSource database, IndexSettings indexSettings) {
    return new HnswIndexes(database, indexSettings.memoryMegabytes());
  }

  @Bean
  IndexKeeper indexKeeper(
      VectorSegments segments,
      HnswIndexes indexes,
      IndexSettings indexSettings,
      VectorSpaces spaces,
      EmbeddingProvider provider,
      Settings settings) {
    return new IndexKeeper(
        segments,
        indexes,
        indexSettings,
        spaces,
        provider.model(),
        Duration.ofSeconds(settings.integer("EMBED_INDEX_SECONDS", 10, 1, 3600)));
  }

  @Bean
  ModelChange modelChange(
      EmbeddingProvider provider,
      VectorSpaces spaces,
      ChunkClaims claims,
      Backlog backlog,
      ProviderGate gate,
      TextsInFlight inFlight,
      SpareVectors spares) {
    return new ModelChange(
        provider.model(),
        spaces,
        claims,
        backlog,
        new ModelChange.Housekeeping(gate, inFlight, spares),
        Duration.ofSeconds(2));
  }
}
