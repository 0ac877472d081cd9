package dev.threadmill.core.settings;

import java.time.Clock;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What every service reads its configuration and its time from. */
@AutoConfiguration
class SettingsConfiguration {
  private static final int MAX_PORT = 65_535;

  /** Read by threadmill-core.yml. */
  enum LogFormat {
    TEXT,
    JSON
  }

  /** Before any bean is made, so that what a service can't do without is named first. */
  @Bean
  static BeanFactoryPostProcessor requiredSettings(Environment environment) {
    return beans -> {
      var settings = new Settings(environment);
      settings.databaseAddress("SPRING_DATASOURCE_URL");
      settings.required("SPRING_DATASOURCE_USERNAME", "the database user's name");
      settings.brokerAddresses("SPRING_KAFKA_BOOTSTRAP_SERVERS");
      settings.integer("SERVER_PORT", 0, 0, MAX_PORT);
      settings.integer("MANAGEMENT_SERVER_PORT", 0, -1, MAX_PORT);
      settings.integer("DATABASE_POOL_SIZE", 10, 2, 1000);
      settings.httpAddress("OTEL_EXPORTER_OTLP_ENDPOINT");
      settings.decimal("TRACES_SAMPLE_RATIO", 1, 0, 1);
      settings.oneOf("LOG_FORMAT", LogFormat.TEXT);
    };
  }

  @Bean
  Settings settings(Environment environment) {
    return new Settings(environment);
  }

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }
}
