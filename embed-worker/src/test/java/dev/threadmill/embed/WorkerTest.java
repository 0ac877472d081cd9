package dev.threadmill.embed;

import dev.threadmill.core.event.Event;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole worker on real PostgreSQL and Kafka, with a provider that tests can break. */
@SpringBootTest(
    classes = EmbedWorker.class,
    properties = {
      "server.port=0",
      "management.server.port=0",
      "OPENAI_API_KEY=unused",
      "EMBED_SWEEP_SECONDS=1",
      // What has an event is left to it, so that a test knows which way a row came.
      "EMBED_SWEEP_GRACE_SECONDS=3600",
      "EMBED_BATCH_SIZE=100"
    })
@Import(WorkerTest.Parts.class)
public abstract class WorkerTest {
  protected static final Database DATABASE = TestServers.shared().createDatabase();

  @Autowired protected Rows rows;
  @Autowired protected ScriptedProvider provider;
  @Autowired protected EventSender sender;
  @Autowired protected KafkaConnection kafka;

  @TestConfiguration
  static class Parts {
    @Bean
    @Primary
    ScriptedProvider scriptedProvider() {
      return new ScriptedProvider();
    }

    @Bean
    Rows rows(JdbcClient jdbc) {
      return new Rows(jdbc);
    }
  }

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    registry.add("SPRING_DATASOURCE_URL", DATABASE::jdbcUrl);
    registry.add("SPRING_DATASOURCE_USERNAME", DATABASE::username);
    registry.add("SPRING_DATASOURCE_PASSWORD", DATABASE::password);
    registry.add("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared()::bootstrapServers);
    registry.add("spring.datasource.url", DATABASE::jdbcUrl);
    registry.add("spring.datasource.username", DATABASE::username);
    registry.add("spring.datasource.password", DATABASE::password);
    registry.add("spring.kafka.bootstrap-servers", TestServers.shared()::bootstrapServers);
  }

  @BeforeEach
  void the_worker_listens() {
    provider.reset();
    until().until(kafka::isUp);
  }

  @AfterEach
  void nothing_is_left_broken() {
    provider.reset();
  }

  protected static ConditionFactory until() {
    return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  protected void announce(List<? extends Event> events) {
    sender.sendAll(events).join();
  }

  protected void untilAllReady(Rows.Home home, int chunks) {
    until()
        .untilAsserted(
            () ->
                org.assertj.core.api.Assertions.assertThat(rows.statuses(home))
                    .containsOnly(java.util.Map.entry("ready", (long) chunks)));
  }

  protected static String unique(String text) {
    return text + " " + UUID.randomUUID();
  }
}
