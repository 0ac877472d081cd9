package dev.threadmill.core;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.util.Map;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** One context on a fresh database and the shared broker, for all integration tests of core. */
@SpringBootTest(
    classes = RealServers.Application.class,
    webEnvironment = WebEnvironment.NONE,
    properties = "RUN_LEASE_SECONDS=3")
public abstract class RealServers {
  @Autowired protected JdbcClient jdbc;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Database database = TestServers.shared().createDatabase();
    registry.add("SPRING_DATASOURCE_URL", database::jdbcUrl);
    registry.add("SPRING_DATASOURCE_USERNAME", database::username);
    registry.add("SPRING_DATASOURCE_PASSWORD", database::password);
    registry.add("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared()::bootstrapServers);
    registry.add("spring.datasource.url", database::jdbcUrl);
    registry.add("spring.datasource.username", database::username);
    registry.add("spring.datasource.password", database::password);
    registry.add("spring.kafka.bootstrap-servers", TestServers.shared()::bootstrapServers);
  }

  protected UUID newProject() {
    return jdbc.sql("insert into projects (name) values (:name) returning id")
        .param("name", UUID.randomUUID().toString())
        .query(UUID.class)
        .single();
  }

  protected <T> T of(UUID runId, String column, Class<T> type) {
    return jdbc.sql("select " + column + " from job_runs where id = :id")
        .param("id", runId)
        .query(type)
        .single();
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class Application {
    /** The one job whose runs this process takes from Kafka. */
    @Bean
    JobHandler healthScoring() {
      return new JobHandler() {
        @Override
        public JobType jobType() {
          return JobType.HEALTH_SCORING;
        }

        @Override
        public Outcome run(RunContext context) {
          return Outcome.done(7, Map.of("scored", 7));
        }
      };
    }
  }
}
