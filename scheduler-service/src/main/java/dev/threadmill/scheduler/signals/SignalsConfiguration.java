package dev.threadmill.scheduler.signals;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.embedding.EmbeddingPrices;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The provider of vectors, where one is configured, and the bill for what it embeds. */
@Configuration(proxyBeanMethods = false)
class SignalsConfiguration {
  @Bean
  EmbeddingOnDemand embeddingOnDemand(Settings settings) {
    return EmbeddingConfiguration.onDemand(settings);
  }

  @Bean
  EmbeddingPrices embeddingPrices(Settings settings) {
    return EmbeddingConfiguration.embeddingPrices(settings);
  }

  @Bean
  EmbeddingUsage embeddingUsage(JdbcClient jdbc) {
    return new EmbeddingUsage(jdbc);
  }
}
