package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.DailyCeiling;
import dev.threadmill.core.embedding.EmbeddingConfiguration;
import dev.threadmill.core.embedding.EmbeddingException.Kind;
import dev.threadmill.core.embedding.EmbeddingProvider;
import dev.threadmill.core.embedding.EmbeddingUsage;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.claim.DatabasePatience;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class BudgetConfiguration {
  @Bean
  ProviderBudgets providerBudgets(
      JdbcClient jdbc, EmbeddingProvider provider, ClaimSettings claims, Settings settings) {
    // A probe that never reports back must not keep the others out for longer than it can take.
    Duration probe =
        Duration.ofMillis(settings.integer("OPENAI_TIMEOUT_MS", 20_000, 100, 600_000))
            .plusSeconds(10);
    return new ProviderBudgets(
        jdbc, provider.account(), provider.model().name(), claims.worker(), probe);
  }

  @Bean
  ProviderHolds providerHolds(JdbcClient jdbc, EmbeddingProvider provider) {
    return new ProviderHolds(jdbc, provider.account(), provider.model().name());
  }

  @Bean
  ProviderGate providerGate(
      ProviderBudgets budgets,
      ProviderHolds holds,
      DatabasePatience patience,
      MeterRegistry meters,
      Settings settings) {
    var gate = new ProviderGate(budgets, holds, patience);
    for (Kind kind : new Kind[] {Kind.RATE_LIMITED, Kind.REFUSED, Kind.UNAVAILABLE}) {
      Gauge.builder("threadmill.embed.held", gate, held -> isHeld(held, kind))
          .description("1 while nothing is sent to the provider for this reason")
          .tag("provider", EmbeddingConfiguration.providerName(settings))
          .tag("reason", kind.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
    return gate;
  }

  @Bean
  EmbeddingUsage embeddingUsage(JdbcClient jdbc) {
    return new EmbeddingUsage(jdbc);
  }

  @Bean
  DailyCeiling dailyCeiling(EmbeddingUsage usage, Settings settings) {
    return DailyCeiling.of(usage, settings);
  }

  private static double isHeld(ProviderGate gate, Kind kind) {
    try {
      return gate.trouble().filter(closed -> closed.kind() == kind).isPresent() ? 1 : 0;
    } catch (DataAccessException away) {
      return Double.NaN;
    }
  }
}
