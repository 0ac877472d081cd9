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
  /** Before any bean is made, so that what a service can't do without is named first. */
  @Bean
  static BeanFactoryPostProcessor requiredSettings(Environment environment) {
    return beans -> {
      var settings = new Settings(environment);
      settings.required(
          "SPRING_DATASOURCE_URL", "the database's address: jdbc:postgresql://host:port/name");
      settings.required("SPRING_DATASOURCE_USERNAME", "the database user's name");
      settings.required(
          "SPRING_KAFKA_BOOTSTRAP_SERVERS", "the brokers' addresses: host:port[,host:port]");
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
