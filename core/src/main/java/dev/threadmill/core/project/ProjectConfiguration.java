package dev.threadmill.core.project;

import dev.threadmill.core.settings.Settings;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Projects and sources, and the first project of an empty installation. */
@AutoConfiguration(after = {FlywayAutoConfiguration.class, JdbcClientAutoConfiguration.class})
class ProjectConfiguration {
  @Bean
  Projects projects(JdbcClient jdbc) {
    return new Projects(jdbc);
  }

  @Bean
  Sources sources(JdbcClient jdbc) {
    return new Sources(jdbc);
  }

  @Bean
  Secrets secrets(Settings settings) {
    return Secrets.of(settings);
  }

  @Bean
  SourceSecrets sourceSecrets(JdbcClient jdbc, Secrets secrets) {
    return new SourceSecrets(jdbc, secrets);
  }

  @Bean
  SourceWebhooks sourceWebhooks(JdbcClient jdbc, Secrets secrets) {
    return new SourceWebhooks(jdbc, secrets);
  }

  @Bean
  ProjectDeletions projectDeletions(JdbcClient jdbc, JsonMapper json) {
    return new ProjectDeletions(jdbc, json);
  }

  @Bean
  Erasures erasures(JdbcClient jdbc) {
    return new Erasures(jdbc);
  }

  /** Not in the trial start of an image's build, which has no database. */
  @Bean
  @ConditionalOnProperty(name = "spring.flyway.enabled", matchIfMissing = true)
  @DependsOnDatabaseInitialization
  InitializingBean firstProject(Projects projects) {
    return projects::createDefaultIfEmpty;
  }
}
