package dev.threadmill.core.database;

import dev.threadmill.core.settings.Settings;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Whichever service starts first migrates; Flyway's advisory lock makes the others wait. */
@AutoConfiguration(before = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
class DatabaseConfiguration {
  DatabaseConfiguration(Settings settings) {
    settings.required(
        "SPRING_DATASOURCE_URL", "the database's address: jdbc:postgresql://host:port/name");
    settings.required("SPRING_DATASOURCE_USERNAME", "the database user's name");
  }

  @Bean
  FlywayMigrationStrategy migrateWhenDatabaseAnswers(DataSource dataSource) {
    return flyway -> {
      new DatabaseWait(dataSource).untilItAnswers();
      flyway.migrate();
    };
  }
}
