package dev.threadmill.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.project.Projects;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.run.RunRequest;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * The service on real PostgreSQL and Kafka, with an empty account at a Chatwoot simulator for each
 * test.
 */
@SpringBootTest(
    classes = IngestService.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "CHATWOOT_REQUESTS_PER_MINUTE=1000000",
      "CHATWOOT_TIMEOUT_MS=2000",
      "CHATWOOT_BODY_TIMEOUT_MS=2000",
      "CHATWOOT_BACK_OFF_MS=100",
      "CHATWOOT_MAX_BODY_MB=8",
      "CHATWOOT_LOOKBACK_DAYS=0",
      "CHATWOOT_CONVERSATIONS_LIMIT=100000",
      "CHATWOOT_PAGES_LIMIT=100000",
      "CHATWOOT_MESSAGES_LIMIT=100000"
    })
public abstract class IngestTest {
  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");
  private static final InetSocketAddress CHATWOOT = new InetSocketAddress("127.0.0.1", freePort());

  @Autowired protected JdbcClient jdbc;
  @Autowired private RunRequests requests;
  @Autowired private RunHistory history;
  @Autowired private Projects projects;
  @Autowired private KafkaConnection kafka;
  @Autowired private KafkaTemplate<String, byte[]> producer;
  @Autowired private EventCodec codec;

  protected ChatwootSimulator chatwoot;
  private KafkaConsumer<String, byte[]> events;
  private int hours;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry properties) {
    Database database = TestServers.shared().createDatabase();
    // As the environment would: by the names that users set, which Spring knows by its own names.
    Map<String, String> environment =
        Map.of(
            "SPRING_DATASOURCE_URL", database.jdbcUrl(),
            "SPRING_DATASOURCE_USERNAME", database.username(),
            "SPRING_DATASOURCE_PASSWORD", database.password(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", TestServers.shared().bootstrapServers());
    environment.forEach(
        (name, value) -> {
          properties.add(name, () -> value);
          properties.add(springName(name), () -> value);
        });
    // A consumer group of its own, since the contexts of one test run share the broker.
    String name = "ingest-service-" + UUID.randomUUID();
    properties.add("spring.application.name", () -> name);
    properties.add("THREADMILL_SECRET_KEY", () -> "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    properties.add("CHATWOOT_BASE_URL", () -> "http://127.0.0.1:" + CHATWOOT.getPort());
    properties.add("CHATWOOT_API_TOKEN", () -> ChatwootSimulator.ADMIN_TOKEN);
    properties.add("CHATWOOT_ACCOUNT_ID", () -> ChatwootSimulator.ACCOUNT_ID);
  }

  private static String springName(String variable) {
    return variable
        .toLowerCase(Locale.ROOT)
        .replace('_', '.')
        .replace("bootstrap.servers", "bootstrap-servers");
  }

  @BeforeEach
  void begin() {
    chatwoot = ChatwootSimulator.start(CHATWOOT, Clock.systemUTC(), 42);
    await().until(kafka::isUp);
    jdbc.sql(
            """
            truncate rag_chunks, cw_messages, cw_conversations, cw_contacts, cw_inboxes, sync_watermarks, sync_unanswered,
              sync_hints, erasures, erased_things, job_runs cascade
            """)
        .update();
    events =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestServers.shared().bootstrapServers()),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    events.assign(partitions());
    producer.flush();
    events.seekToEnd(partitions());
    events.assignment().forEach(events::position);
  }

  @AfterEach
  void end() {
    events.close();
    chatwoot.close();
  }

  private List<TopicPartition> partitions() {
    String topic = Topic.Names.MESSAGE_UPSERTED;
    return IntStream.range(0, events.partitionsFor(topic).size())
        .mapToObj(number -> new TopicPartition(topic, number))
        .toList();
  }

  protected UUID project() {
    return projects.list().getFirst().id();
  }

  /** Asks for a sync. */
  protected UUID request() {
    return requests
        .request(
            new RunRequest(project(), JobType.CHATWOOT_SYNC, RunTrigger.MANUAL, "test", Map.of()))
        .runId();
  }

  /** Asks for a sync and waits for its end. */
  protected JobRun sync() {
    return finished(request());
  }

  protected JobRun finished(UUID runId) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsMatching(DatabaseFailures::isAway)
        .until(() -> history.find(project(), runId).orElseThrow(), run -> run.status().finished());
  }

  /** The events of chunks that were sent since the last call. */
  protected List<MessageUpserted> sentEvents() {
    producer.flush();
    Map<TopicPartition, Long> ends = events.endOffsets(partitions());
    List<MessageUpserted> sent = new ArrayList<>();
    while (ends.entrySet().stream()
        .anyMatch(end -> events.position(end.getKey()) < end.getValue())) {
      events
          .poll(Duration.ofMillis(100))
          .forEach(record -> sent.add(codec.read(record.value(), MessageUpserted.class)));
    }
    return sent.stream().filter(event -> event.projectId().equals(project())).toList();
  }

  protected long count(String what) {
    return jdbc.sql("select count(*) from " + what).query(Long.class).single();
  }

  protected List<String> texts(String sql) {
    return jdbc.sql(sql).query(String.class).list();
  }

  /**
   * A conversation of a new contact with messages that are long enough to be searched. Each is an
   * hour younger than the one before, and all are long ago, so that no overlap in time hides a
   * fault.
   */
  protected long conversation(int messages) {
    Instant time = LONG_AGO.plus(Duration.ofHours(hours++));
    long[] conversation = {0};
    chatwoot
        .account()
        .at(
            time,
            () -> {
              long contact = chatwoot.account().contacts().add("Visitor", null);
              conversation[0] = chatwoot.account().conversations().open(contact);
              for (int i = 1; i <= messages; i++) {
                chatwoot.account().messages().incoming(conversation[0], text(conversation[0], i));
              }
            });
    return conversation[0];
  }

  protected static String text(long conversation, int number) {
    return "Question %d of conversation %d: where is my parcel?".formatted(number, conversation);
  }

  protected static void assertComplete(JobRun run) {
    assertThat(run.error()).isNull();
    assertThat(run.result().path("complete_reason").asString("")).isEmpty();
    assertThat(run.result().path("complete").asBoolean(false)).isTrue();
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (java.io.IOException none) {
      throw new java.io.UncheckedIOException(none);
    }
  }
}
