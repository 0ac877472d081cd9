package dev.threadmill.scheduler.signals;

import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingOnDemand;
import dev.threadmill.core.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The provider of vectors, where one is configured. */
@Configuration(proxyBeanMethods = false)
class SignalsConfiguration {
  @Bean
  EmbeddingOnDemand embeddingOnDemand(Settings settings) {
    return EmbeddingConfiguration.onDemand(settings);
  }
}
