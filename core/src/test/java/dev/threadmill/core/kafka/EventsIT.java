package dev.threadmill.core.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.Topic;
import dev.threadmill.localstack.testing.Database;
import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Topics, sending, receiving and dead letters on a real broker. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {
      "spring.config.import=classpath:threadmill-core.yml",
      "spring.application.name=core-test"
    })
class EventsIT {
  private static final TestServers SERVERS = TestServers.shared();
  private static final String DEAD_LETTERS =
      Topic.deadLetters(Topic.Names.CONVERSATION_HINTED, "core-test.hints");

  @Autowired private EventSender sender;
  @Autowired private Hints hints;
  @Autowired private EventCodec codec;
  @Autowired private KafkaConnection connection;
  @Autowired private DeadLetters deadLetters;

  @DynamicPropertySource
  static void servers(DynamicPropertyRegistry registry) {
    Database database = SERVERS.createDatabase();
    registry.add("SPRING_DATASOURCE_URL", database::jdbcUrl);
    registry.add("SPRING_DATASOURCE_USERNAME", database::username);
    registry.add("SPRING_DATASOURCE_PASSWORD", database::password);
    registry.add("spring.datasource.url", database::jdbcUrl);
    registry.add("spring.datasource.username", database::username);
    registry.add("spring.datasource.password", database::password);
    registry.add("SPRING_KAFKA_BOOTSTRAP_SERVERS", SERVERS::bootstrapServers);
    registry.add("spring.kafka.bootstrap-servers", SERVERS::bootstrapServers);
  }

  @Test
  void topics_and_dead_letter_topics_exist_with_twelve_partitions() throws Exception {
    awaitBroker();
    List<String> names = new ArrayList<>(List.of(DEAD_LETTERS));
    for (Topic topic : Topic.values()) {
      names.add(topic.topicName());
    }

    try (AdminClient admin =
        AdminClient.create(Map.of("bootstrap.servers", SERVERS.bootstrapServers()))) {
      var described = admin.describeTopics(names).allTopicNames().get(10, TimeUnit.SECONDS);

      assertThat(described)
          .hasSize(6)
          .allSatisfy((name, topic) -> assertThat(topic.partitions()).hasSize(12));
    }
  }

  @Test
  void an_event_arrives_as_it_was_sent_without_headers_that_name_classes() throws Exception {
    awaitBroker();
    ConversationHinted sent = hint(1);

    assertThat(sender.send(sent).get(10, TimeUnit.SECONDS)).isTrue();

    await().untilAsserted(() -> assertThat(hints.received).containsKey(sent.eventId()));
    ConsumerRecord<String, byte[]> record = hints.received.get(sent.eventId());
    assertThat(codec.read(record.value(), ConversationHinted.class)).isEqualTo(sent);
    assertThat(record.key()).isEqualTo(Topic.keyOf(sent));
    assertThat(record.headers()).extracting(Header::key).doesNotContain("__TypeId__");
  }

  @Test
  void
      a_record_that_is_no_event_goes_to_the_dead_letters_with_its_bytes_and_headers_and_blocks_nobody()
          throws Exception {
    awaitBroker();
    ConversationHinted after = hint(2);
    byte[] garbage = "{\"type\":\"secret words of a customer".getBytes(UTF_8);
    try (var producer = producer()) {
      var record = new ProducerRecord<>(Topic.Names.CONVERSATION_HINTED, 3, "a key", garbage);
      record.headers().add("traceparent", "00-abc-def-01".getBytes(UTF_8));
      producer.send(record).get(10, TimeUnit.SECONDS);
      producer
          .send(
              new ProducerRecord<>(Topic.Names.CONVERSATION_HINTED, 3, "a key", codec.write(after)))
          .get(10, TimeUnit.SECONDS);
    }

    await().untilAsserted(() -> assertThat(hints.received).containsKey(after.eventId()));
    ConsumerRecord<String, byte[]> dead = deadLetterOf(garbage, 0);
    assertThat(dead.key()).isEqualTo("a key");
    assertThat(text(dead, "traceparent")).isEqualTo("00-abc-def-01");
    assertThat(text(dead, "kafka_dlt-original-topic")).isEqualTo(Topic.Names.CONVERSATION_HINTED);
    assertThat(text(dead, DeadLetters.CAUSE_HEADER)).isEqualTo("the record is not a JSON object");
    assertThat(dead.headers())
        .allSatisfy(
            header ->
                assertThat(new String(header.value(), UTF_8))
                    .doesNotContain("secret", "Exception"));
  }

  @Test
  void a_record_whose_handling_fails_again_and_again_goes_to_the_dead_letters() throws Exception {
    awaitBroker();
    ConversationHinted poison = hint(Hints.POISON);

    sender.send(poison).get(10, TimeUnit.SECONDS);

    ConsumerRecord<String, byte[]> dead = deadLetterOf(codec.write(poison), 0);
    assertThat(text(dead, DeadLetters.CAUSE_HEADER))
        .isEqualTo("handling it failed again and again (IllegalStateException)");
  }

  @Test
  void a_letter_that_is_sent_again_and_dies_again_tells_how_often_it_was() throws Exception {
    awaitBroker();
    byte[] garbage = ("no event " + UUID.randomUUID()).getBytes(UTF_8);
    try (var producer = producer()) {
      var record = new ProducerRecord<>(Topic.Names.CONVERSATION_HINTED, "a key", garbage);
      record.headers().add("traceparent", "00-abc-def-01".getBytes(UTF_8));
      producer.send(record).get(10, TimeUnit.SECONDS);
    }
    ConsumerRecord<String, byte[]> first = deadLetterOf(garbage, 0);

    assertThat(deadLetters.sendAgain(first, Topic.CONVERSATION_HINTED, 1).get(10, TimeUnit.SECONDS))
        .isTrue();

    ConsumerRecord<String, byte[]> second = deadLetterOf(garbage, 1);
    assertThat(text(second, DeadLetters.REPLAYS_HEADER)).isEqualTo("1");
    assertThat(second.headers().toArray()).hasSameSizeAs(withOneMore(first));
    assertThat(text(second, "kafka_dlt-original-offset"))
        .isNotEqualTo(text(first, "kafka_dlt-original-offset"));
    assertThat(text(second, "traceparent")).isEqualTo("00-abc-def-01");
  }

  private static Header[] withOneMore(ConsumerRecord<?, ?> letter) {
    Header[] headers = letter.headers().toArray();
    return java.util.Arrays.copyOf(headers, headers.length + 1);
  }

  @Test
  void a_record_waits_for_a_database_that_is_away_longer_than_any_limit_of_attempts()
      throws Exception {
    awaitBroker();
    ConversationHinted patient = hint(Hints.DATABASE_AWAY);

    sender.send(patient).get(10, TimeUnit.SECONDS);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(hints.received).containsKey(patient.eventId()));
    assertThat(hints.attemptsWhileAway.get()).isGreaterThan(5);
  }

  private void awaitBroker() {
    await().atMost(Duration.ofSeconds(30)).until(connection::isUp);
  }

  private static ConversationHinted hint(long conversation) {
    return new ConversationHinted(
        UUID.randomUUID(),
        Instant.parse("2026-11-24T10:00:00Z"),
        UUID.randomUUID(),
        UUID.randomUUID(),
        conversation);
  }

  /** The letter of these bytes that was sent again so often. */
  private static ConsumerRecord<String, byte[]> deadLetterOf(byte[] bytes, int replays) {
    var config =
        Map.<String, Object>of(
            "bootstrap.servers",
            SERVERS.bootstrapServers(),
            "group.id",
            "reader-" + UUID.randomUUID(),
            "auto.offset.reset",
            "earliest");
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(Set.of(DEAD_LETTERS));
      List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                found.removeIf(record -> !java.util.Arrays.equals(record.value(), bytes));
                found.removeIf(
                    record ->
                        replays > 0
                            == (record.headers().lastHeader(DeadLetters.REPLAYS_HEADER) == null));
                return !found.isEmpty();
              });
      return found.getFirst();
    }
  }

  private static String text(ConsumerRecord<?, ?> record, String header) {
    return new String(record.headers().lastHeader(header).value(), UTF_8);
  }

  private static KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", SERVERS.bootstrapServers()),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  @Configuration
  @EnableAutoConfiguration
  static class Application {
    @Bean
    Hints hints(EventCodec codec) {
      return new Hints(codec);
    }
  }

  /** A listener as the services have them. */
  static class Hints {
    static final long POISON = 666;
    static final long DATABASE_AWAY = 500;
    private static final int ANSWERS_AT = 7;

    final ConcurrentMap<UUID, ConsumerRecord<String, byte[]>> received = new ConcurrentHashMap<>();
    final AtomicInteger attemptsWhileAway = new AtomicInteger();
    private final EventCodec codec;

    Hints(EventCodec codec) {
      this.codec = codec;
    }

    @KafkaListener(topics = Topic.Names.CONVERSATION_HINTED, groupId = "core-test.hints")
    void on(ConsumerRecord<String, byte[]> record) {
      ConversationHinted hint = codec.read(record.value(), ConversationHinted.class);
      if (hint.conversationId() == POISON) {
        throw new IllegalStateException("it never works");
      }
      if (hint.conversationId() == DATABASE_AWAY
          && attemptsWhileAway.incrementAndGet() < ANSWERS_AT) {
        throw new DataAccessResourceFailureException("away");
      }
      received.put(hint.eventId(), record);
    }
  }
}
