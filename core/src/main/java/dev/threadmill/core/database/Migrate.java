package dev.threadmill.core.database;

import dev.threadmill.core.settings.Settings;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Applies the schema's migrations and ends: what a job runs before the services of a new version
 * start. Reads {@code SPRING_DATASOURCE_*} and {@code SPRING_FLYWAY_*} alone, and needs no Kafka.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  DatabaseConfiguration.class,
  DataSourceAutoConfiguration.class,
  FlywayAutoConfiguration.class
})
public class Migrate {
  private static final Logger log = LoggerFactory.getLogger(Migrate.class);

  public static void main(String[] args) {
    apply("--spring.config.location=classpath:threadmill-core.yml");
  }

  static void apply(String... properties) {
    var application =
        new SpringApplicationBuilder(Migrate.class)
            .web(WebApplicationType.NONE)
            .properties("spring.application.name=migrations");
    try (var context = application.run(properties)) {
      var current = context.getBean(Flyway.class).info().current();
      log.info(
          "the schema is complete, up to version {}", current == null ? "" : current.getVersion());
    }
  }

  @Bean
  static BeanFactoryPostProcessor databaseSettings(Environment environment) {
    return beans -> {
      var settings = new Settings(environment);
      settings.databaseAddress("SPRING_DATASOURCE_URL");
      settings.required("SPRING_DATASOURCE_USERNAME", "the database user's name");
    };
  }
}
