package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingUsage;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What searches use of core. */
@Configuration(proxyBeanMethods = false)
class SearchConfiguration {
  @Bean
  EmbeddingUsage embeddingUsage(JdbcClient jdbc) {
    return new EmbeddingUsage(jdbc);
  }
}
