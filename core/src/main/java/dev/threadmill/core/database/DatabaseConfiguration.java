package dev.threadmill.core.database;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Whichever service starts first migrates; Flyway's advisory lock makes the others wait. */
@AutoConfiguration(before = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
class DatabaseConfiguration {
  @Bean
  FlywayMigrationStrategy migrateWhenDatabaseAnswers(DataSource dataSource) {
    return flyway -> {
      new DatabaseWait(dataSource).untilItAnswers();
      flyway.migrate();
    };
  }
}
