package dev.threadmill.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.ConversationHinted;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.project.SourceWebhooks;
import dev.threadmill.gateway.Caller;
import dev.threadmill.gateway.Caller.Answer;
import dev.threadmill.gateway.GatewayTest;
import dev.threadmill.gateway.Rows;
import dev.threadmill.localstack.chatwoot.ChatwootSimulator;
import dev.threadmill.localstack.chatwoot.webhook.Webhooks;
import dev.threadmill.localstack.testing.TestServers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class WebhookIT {
  private static final String SECRET = "a-secret-that-both-sides-know";

  @LocalServerPort private int port;
  @Autowired private JdbcClient jdbc;
  @Autowired private EventCodec codec;
  @Autowired private KafkaConnection broker;
  @Autowired private SourceWebhooks webhooks;
  @Autowired private DataSource database;

  private Rows rows;

  @BeforeEach
  void a_source_with_a_secret() {
    await().atMost(Duration.ofSeconds(30)).until(broker::isUp);
    rows = new Rows(jdbc);
    webhooks.set(rows.source, SECRET, false);
  }

  private String message(long conversation) {
    return """
        {"event":"message_created","account":{"id":%d},"id":99,"content":"hello","conversation":{"id":%d}}"""
        .formatted(rows.account(), conversation);
  }

  private Answer signed(String body, Instant when) {
    String timestamp = Long.toString(when.getEpochSecond());
    return Caller.anonymous(port)
        .with("X-Chatwoot-Timestamp", timestamp)
        .with(
            "X-Chatwoot-Signature",
            "sha256="
                + Webhooks.signature(SECRET, timestamp, body.getBytes(StandardCharsets.UTF_8)))
        .call("POST", "/webhooks/chatwoot/" + rows.source, body);
  }

  private List<Long> hinted() {
    return jdbc.sql("select conversation_id from sync_hints where source_id = :source order by 1")
        .param("source", rows.source)
        .query(Long.class)
        .list();
  }

  @Test
  void a_signed_webhook_files_its_conversation_and_announces_it() {
    Answer answer = signed(message(812), Instant.now());

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("filed").asBoolean()).isTrue();
    assertThat(hinted()).containsExactly(812L);
    ConversationHinted event = eventOf(rows.source + ":812");
    assertThat(event.projectId()).isEqualTo(rows.project);
    assertThat(event.conversationId()).isEqualTo(812);
  }

  @Test
  void duplicates_are_one_hint_with_the_newest_time() {
    signed(message(5), Instant.now());
    Instant first = receivedAt();
    signed(message(5), Instant.now());
    signed(
        """
        {"event":"conversation_updated","id":5,"account":{"id":%d}}"""
            .formatted(rows.account()),
        Instant.now());

    assertThat(hinted()).containsExactly(5L);
    assertThat(receivedAt()).isAfter(first);
  }

  @Test
  void a_burst_that_has_to_wait_takes_no_connections_from_others() throws Exception {
    signed(message(7), Instant.now());
    Instant first = receivedAt();
    List<Future<Answer>> burst = new ArrayList<>();
    try (Connection holding = database.getConnection();
        var lock =
            holding.prepareStatement("select from sync_hints where source_id = ? for update");
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      holding.setAutoCommit(false);
      lock.setObject(1, rows.source);
      lock.execute();
      for (int i = 0; i < 30; i++) {
        burst.add(callers.submit(() -> signed(message(7), Instant.now())));
      }
      await().atMost(Duration.ofSeconds(10)).until(this::somebodyWaits);

      assertThat(Caller.admin(port).of(rows.project).get("/jobs/status").status()).isEqualTo(200);

      holding.rollback();
      for (Future<Answer> answer : burst) {
        assertThat(answer.get().status()).isEqualTo(202);
      }
    }
    assertThat(receivedAt()).isAfter(first);
  }

  private boolean somebodyWaits() {
    return jdbc.sql(
            """
            select exists (
              select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' and query like '%sync_hints%')
            """)
        .query(Boolean.class)
        .single();
  }

  private Instant receivedAt() {
    return jdbc.sql("select received_at from sync_hints where source_id = :source")
        .param("source", rows.source)
        .query(java.time.OffsetDateTime.class)
        .single()
        .toInstant();
  }

  @Test
  void a_wrong_secret_an_old_time_and_a_missing_signature_are_refused_and_file_nothing() {
    Answer old = signed(message(1), Instant.now().minusSeconds(600));
    Answer unsigned =
        Caller.anonymous(port).call("POST", "/webhooks/chatwoot/" + rows.source, message(2));
    webhooks.set(rows.source, "quite another secret", false);
    Answer wrong = signed(message(3), Instant.now());

    assertThat(List.of(old, unsigned, wrong))
        .allSatisfy(
            answer -> {
              assertThat(answer.status()).isEqualTo(401);
              assertThat(answer.code()).isEqualTo("invalid_signature");
              assertThat(answer.text()).doesNotContain(SECRET);
            });
    assertThat(hinted()).isEmpty();
  }

  @Test
  void a_source_without_a_secret_takes_nothing_unless_it_is_set_to_take_unsigned_ones() {
    webhooks.set(rows.source, null, false);
    assertThat(signed(message(1), Instant.now()).status()).isEqualTo(401);
    Caller old = Caller.anonymous(port);
    assertThat(old.call("POST", "/webhooks/chatwoot/" + rows.source, message(2)).status())
        .isEqualTo(401);

    webhooks.set(rows.source, null, true);
    assertThat(old.call("POST", "/webhooks/chatwoot/" + rows.source, message(2)).status())
        .isEqualTo(202);
    // A signature that can't be checked is no missing one.
    assertThat(signed(message(3), Instant.now()).status()).isEqualTo(401);
    assertThat(hinted()).containsExactly(2L);
  }

  @Test
  void a_source_that_no_longer_takes_unsigned_ones_keeps_its_secret() {
    webhooks.set(rows.source, SECRET, true);

    webhooks.takeUnsigned(rows.source, false);

    assertThat(signed(message(4), Instant.now()).status()).isEqualTo(202);
    assertThat(hinted()).containsExactly(4L);
  }

  @Test
  void unknown_sources_are_not_found_and_nothing_tells_them_from_unknown_paths() {
    for (String id : List.of(UUID.randomUUID().toString(), "7", "no-id-at-all")) {
      Answer answer = Caller.anonymous(port).call("POST", "/webhooks/chatwoot/" + id, message(1));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.code()).isEqualTo("not_found");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"event\":\"contact_updated\",\"id\":5}",
        "{\"event\":\"webwidget_triggered\"}",
        "{\"event\":\"conversation_typing_on\",\"conversation\":{\"id\":3}}",
        "{\"event\":\"message_created\",\"conversation\":{\"id\":\"three\"}}",
        "{\"event\":\"message_created\",\"account\":{\"id\":999999},\"conversation\":{\"id\":3}}",
        "{}",
        "[]",
        "7"
      })
  void events_of_nothing_that_is_synced_are_taken_and_file_nothing(String body) {
    Answer answer = signed(body, Instant.now());

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("filed").asBoolean(true)).isFalse();
    assertThat(hinted()).isEmpty();
  }

  @Test
  void what_is_no_json_and_what_is_too_long_is_refused() {
    assertThat(signed("{\"event\":", Instant.now()).code()).isEqualTo("invalid_body");
    String long2 = "{\"event\":\"" + "x".repeat(2 << 20) + "\"}";
    Answer tooLong = signed(long2, Instant.now());
    assertThat(tooLong.status()).isEqualTo(413);
    assertThat(hinted()).isEmpty();
  }

  @Test
  void the_secret_is_stored_encrypted_and_belongs_to_its_source() {
    byte[] stored =
        jdbc.sql("select webhook_secret from project_sources where id = :id")
            .param("id", rows.source)
            .query(byte[].class)
            .single();

    assertThat(new String(stored, StandardCharsets.ISO_8859_1)).doesNotContain(SECRET);
    assertThat(webhooks.find(rows.source).orElseThrow().secret()).isEqualTo(SECRET);
  }

  @Test
  void what_chatwoot_sends_about_a_conversation_is_understood() {
    try (ChatwootSimulator chatwoot = ChatwootSimulator.start()) {
      jdbc.sql("update project_sources set external_id = '1' where id = :id")
          .param("id", rows.source)
          .update();
      chatwoot
          .webhooks()
          .sendTo(
              URI.create("http://127.0.0.1:" + port + "/webhooks/chatwoot/" + rows.source), SECRET);
      long contact = chatwoot.account().contacts().add("Visitor", "visitor@example.com");
      long conversation = chatwoot.account().conversations().open(contact);
      chatwoot.account().messages().incoming(conversation, "Where is my parcel?");
      chatwoot.account().conversations().setStatus(conversation, "resolved");

      await().until(() -> chatwoot.webhooks().delivered() >= 5);
      assertThat(chatwoot.webhooks().failed()).isZero();
      assertThat(hinted()).containsExactly(conversation);
    } finally {
      jdbc.sql("update project_sources set external_id = :account where id = :id")
          .param("account", Long.toString(rows.account()))
          .param("id", rows.source)
          .update();
    }
  }

  private ConversationHinted eventOf(String key) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                TestServers.shared().bootstrapServers(),
                "group.id",
                "test-" + UUID.randomUUID(),
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topic.CONVERSATION_HINTED.topicName()));
      List<ConversationHinted> found = new ArrayList<>();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                consumer
                    .poll(Duration.ofMillis(200))
                    .forEach(
                        record -> {
                          if (key.equals(record.key())) {
                            found.add(codec.read(record.value(), ConversationHinted.class));
                          }
                        });
                return !found.isEmpty();
              });
      return found.getFirst();
    }
  }
}
