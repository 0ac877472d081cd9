package dev.threadmill.core.kafka;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Readiness only: a broker that is away does not make a restart useful. */
final class KafkaHealthIndicator implements HealthIndicator {
  private final KafkaConnection connection;

  KafkaHealthIndicator(KafkaConnection connection) {
    this.connection = connection;
  }

  @Override
  public Health health() {
    return connection.isUp() ? Health.up().build() : Health.down().build();
  }
}
