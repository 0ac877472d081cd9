package dev.threadmill.core.health;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

@AutoConfiguration(after = JdbcClientAutoConfiguration.class)
class HealthConfiguration {
  @Bean
  HealthSettingsTable healthSettingsTable(JdbcClient jdbc) {
    return new HealthSettingsTable(jdbc);
  }
}
