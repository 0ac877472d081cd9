package dev.threadmill.embed.budget;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;

/** Tells why embedding pauses. No part of readiness: a restart would not help. */
@Component
final class ProviderHealthIndicator implements HealthIndicator {
  private static final Status PAUSED = new Status("PAUSED");
  private final ProviderGate gate;

  ProviderHealthIndicator(ProviderGate gate) {
    this.gate = gate;
  }

  @Override
  public Health health() {
    return gate.trouble()
        .map(
            closed ->
                Health.status(PAUSED)
                    .withDetail("reason", closed.code())
                    .withDetail("why", closed.why())
                    .build())
        .orElseGet(() -> Health.up().build());
  }
}
