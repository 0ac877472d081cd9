package dev.threadmill.embed.claim;

import dev.threadmill.core.run.RunSettings;
import dev.threadmill.core.settings.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class ClaimConfiguration {
  @Bean
  ClaimSettings claimSettings(Settings settings, RunSettings runSettings) {
    Duration lease = Duration.ofMinutes(settings.integer(ClaimLease.SETTING, 30, 1, 1440));
    Duration timeout =
        Duration.ofMillis(settings.integer("OPENAI_TIMEOUT_MS", 20_000, 100, 600_000));
    return new ClaimSettings(
        // Two containers may have the same host name and process number.
        runSettings.worker() + "/" + UUID.randomUUID().toString().substring(0, 8),
        ClaimLease.checked(lease, timeout),
        ClaimLease.ofText(lease, timeout),
        settings.integer("EMBED_MAX_ATTEMPTS", 5, 1, 100));
  }

  @Bean
  DatabasePatience databasePatience(Clock clock) {
    return new DatabasePatience(clock);
  }

  @Bean
  ChunkClaims chunkClaims(JdbcClient jdbc, ClaimSettings settings) {
    return new ChunkClaims(jdbc, settings);
  }

  @Bean
  ChunkVectors chunkVectors(JdbcClient jdbc) {
    return new ChunkVectors(jdbc);
  }

  @Bean
  TextsInFlight textsInFlight(JdbcClient jdbc, ClaimSettings settings) {
    return new TextsInFlight(jdbc, settings);
  }

  @Bean
  SpareVectors spareVectors(JdbcClient jdbc) {
    return new SpareVectors(jdbc);
  }

  @Bean
  VectorSpaces vectorSpaces(JdbcClient jdbc) {
    return new VectorSpaces(jdbc);
  }

  @Bean
  Backlog backlog(JdbcClient jdbc) {
    return new Backlog(jdbc);
  }
}
