package dev.threadmill.embed.budget;

import dev.threadmill.core.embedding.EmbeddingException.Kind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class BudgetConfiguration {
  @Bean
  ProviderGate providerGate(Clock clock, MeterRegistry meters) {
    var gate = new ProviderGate(clock);
    for (Kind kind : new Kind[] {Kind.RATE_LIMITED, Kind.REFUSED, Kind.UNAVAILABLE}) {
      Gauge.builder("threadmill.embed.held", gate, held -> isHeld(held, kind))
          .description("1 while nothing is sent to the provider for this reason")
          .tag("reason", kind.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
    return gate;
  }

  private static double isHeld(ProviderGate gate, Kind kind) {
    return gate.trouble().filter(closed -> closed.kind() == kind).isPresent() ? 1 : 0;
  }
}
