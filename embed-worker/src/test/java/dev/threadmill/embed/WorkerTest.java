package dev.threadmill.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.Event;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.EventSender;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.request.Lanes;
import dev.threadmill.localstack.openai.OpenAiSettings;
import dev.threadmill.localstack.openai.OpenAiSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The whole worker on real PostgreSQL and Kafka, against the OpenAI simulator. */
@SpringBootTest(classes = EmbedWorker.class)
@Import(WorkerTest.Parts.class)
public abstract class WorkerTest {
  protected static final String MODEL = "text-embedding-3-small";
  protected static final OpenAiSimulator OPEN_AI = OpenAiSimulator.start();
  private static final Database DATABASE = TestServers.shared().createDatabase();

  /** What a worker of these tests is started with. */
  protected static final Map<String, String> ENVIRONMENT =
      Map.ofEntries(
          Map.entry("server.port", "0"),
          Map.entry("management.server.port", "0"),
          Map.entry("SPRING_DATASOURCE_URL", DATABASE.jdbcUrl()),
          Map.entry("SPRING_DATASOURCE_USERNAME", DATABASE.username()),
          Map.entry("SPRING_DATASOURCE_PASSWORD", DATABASE.password()),
          Map.entry("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared().bootstrapServers()),
          Map.entry("spring.datasource.url", DATABASE.jdbcUrl()),
          Map.entry("spring.datasource.username", DATABASE.username()),
          Map.entry("spring.datasource.password", DATABASE.password()),
          Map.entry("spring.kafka.bootstrap-servers", TestServers.shared().bootstrapServers()),
          Map.entry("OPENAI_API_KEY", OpenAiSettings.KEY),
          Map.entry("OPENAI_BASE_URL", OPEN_AI.baseUrl().toString()),
          Map.entry("EMBED_SWEEP_SECONDS", "1"),
          // What has an event is left to it, so that a test knows which way a row came.
          Map.entry("EMBED_SWEEP_GRACE_SECONDS", "3600"));

  @Autowired protected Rows rows;
  @Autowired protected Lanes lanes;
  @Autowired private ProviderGate gate;
  @Autowired private EventSender sender;
  @Autowired private KafkaConnection kafka;
  @Autowired private RunRequests runRequests;
  @Autowired private RunHistory runHistory;

  @TestConfiguration
  static class Parts {
    @Bean
    Rows rows(JdbcClient jdbc) {
      return new Rows(jdbc);
    }
  }

  @DynamicPropertySource
  static void environment(DynamicPropertyRegistry registry) {
    ENVIRONMENT.forEach((name, value) -> registry.add(name, () -> value));
  }

  @BeforeEach
  void the_worker_listens() {
    until().until(kafka::isUp);
    OPEN_AI.log().reset();
  }

  @AfterEach
  void nothing_is_left_broken() {
    OPEN_AI.troubles().clear();
    OPEN_AI.settings().clearPoison();
    OPEN_AI.settings().latency(Duration.ZERO);
    rows.deleteChunks();
    // What is under way would be counted in the next test.
    until().until(() -> lanes.busy() == 0);
    // Opens the gate in front of the provider again.
    rows.jdbc().sql("delete from provider_budgets").update();
    until().until(() -> gate.closed().isEmpty());
    rows.jdbc().sql("delete from texts_in_flight").update();
    rows.jdbc().sql("delete from spare_vectors").update();
  }

  protected static ConditionFactory until() {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions();
  }

  protected void announce(Event... events) {
    announce(List.of(events));
  }

  protected void announce(List<? extends Event> events) {
    assertThat(sender.sendAll(events).join()).isEqualTo(events.size());
  }

  /** Waiting chunks with texts of their own, each holding the number of its place. */
  protected List<MessageUpserted> chunks(Rows.Home home, int count, Duration dueSince) {
    String series = UUID.randomUUID().toString();
    return rows.chunks(
        home,
        IntStream.range(0, count).mapToObj(i -> "message <" + i + "> of series " + series).toList(),
        dueSince);
  }

  protected UUID requestRun(Rows.Home home) {
    return runRequests
        .request(
            new RunRequest(
                home.projectId(), JobType.EMBEDDINGS_RUN, RunTrigger.MANUAL, "test", Map.of()))
        .runId();
  }

  protected JobRun untilFinished(UUID run) {
    until().until(() -> run(run).status().finished());
    return run(run);
  }

  protected JobRun run(UUID id) {
    UUID project =
        rows.jdbc()
            .sql("select project_id from job_runs where id = :id")
            .param("id", id)
            .query(UUID.class)
            .single();
    return runHistory.find(project, id).orElseThrow();
  }

  protected void untilAllReady(Rows.Home home, int chunks) {
    until()
        .untilAsserted(
            () -> assertThat(rows.statuses(home)).containsOnly(Map.entry("ready", (long) chunks)));
  }

  protected void assertVectorFits(long chunkId) {
    assertThat(rows.vector(chunkId))
        .containsExactly(OPEN_AI.vectorFor(MODEL, 1536, rows.read(chunkId).text()));
  }

  protected static String unique(String text) {
    return text + " " + UUID.randomUUID();
  }
}
