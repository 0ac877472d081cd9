package dev.threadmill.core.database;

import dev.threadmill.core.settings.Settings;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Whichever service starts first migrates, and Flyway's advisory lock makes the others wait; or all
 * wait for {@link Migrate}.
 */
@AutoConfiguration(before = {DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
class DatabaseConfiguration {
  @Bean
  FlywayMigrationStrategy migrateWhenDatabaseAnswers(
      DataSource dataSource, Environment environment) {
    Migrations migrations =
        new Settings(environment).oneOf("DATABASE_MIGRATIONS", Migrations.APPLY);
    return flyway -> {
      var wait = new DatabaseWait(dataSource);
      wait.untilItAnswers();
      switch (migrations) {
        case APPLY -> flyway.migrate();
        case AWAIT -> wait.untilMigrated(() -> flyway.info().pending().length);
      }
    };
  }
}
