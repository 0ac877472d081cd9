package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {
  /** The embed workers' own, so that metrics know what these leave until tomorrow. */
  @Bean
  DailyCeiling dailyCeiling(EmbeddingUsage usage, Settings settings) {
    return DailyCeiling.of(usage, settings);
  }
}
