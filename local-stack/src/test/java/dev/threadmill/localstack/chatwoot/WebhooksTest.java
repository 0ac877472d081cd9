package dev.threadmill.localstack.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.threadmill.localstack.chatwoot.webhook.Webhooks;
import dev.threadmill.localstack.testing.SettableClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhooksTest {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Delivery(Headers headers, byte[] body) {
    JsonNode json() {
      return new JsonMapper().readTree(body);
    }
  }

  private final ChatwootSimulator simulator = ChatwootSimulator.start(new SettableClock());
  private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
  private HttpServer receiver;
  private URI url;
  private volatile int status = 200;
  private long conversation;

  @BeforeEach
  void listen() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          try (exchange) {
            deliveries.add(
                new Delivery(
                    exchange.getRequestHeaders(), exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(status, -1);
          }
        });
    receiver.start();
    url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
    long contact = simulator.account().contacts().add("Ada", "ada@example.com");
    conversation = simulator.account().conversations().open(contact);
  }

  @AfterEach
  void close() {
    simulator.close();
    receiver.stop(0);
  }

  private Delivery only() {
    await().until(() -> deliveries.size() == 1);
    return deliveries.getFirst();
  }

  @Test
  void a_message_arrives_signed_with_words_and_iso_times() {
    simulator.webhooks().sendTo(url, "s3cret");
    simulator.account().messages().incoming(conversation, "Hi <there>");

    Delivery delivery = only();
    JsonNode json = delivery.json();
    String timestamp = delivery.headers().getFirst("X-Chatwoot-Timestamp");

    assertThat(delivery.headers().getFirst("X-Chatwoot-Signature"))
        .isEqualTo("sha256=" + Webhooks.signature("s3cret", timestamp, delivery.body()));
    assertThat(delivery.headers().getFirst("X-Chatwoot-Delivery")).isNotBlank();
    assertThat(json.path("event").asString()).isEqualTo("message_created");
    assertThat(json.path("message_type").asString()).isEqualTo("incoming");
    assertThat(json.path("created_at").asString()).startsWith("2026-11-20T12:00:00.");
    assertThat(json.path("conversation").path("id").asLong()).isEqualTo(conversation);
    assertThat(json.path("account").path("id").asLong()).isEqualTo(1);
  }

  @Test
  void the_signature_is_the_known_one_for_a_known_body() {
    assertThat(Webhooks.signature("key", "1789000000", new byte[] {'{', '}'}))
        .isEqualTo("35820b23f1abd1da8f55bd2df74cae61ec0dffc6d9264196a36e19aba6594c2f");
  }

  @Test
  void an_old_server_does_not_sign() {
    simulator.webhooks().sendTo(url, null);
    simulator.account().messages().note(conversation, "Private notes are sent too");

    assertThat(only().headers().getFirst("X-Chatwoot-Signature")).isNull();
    assertThat(only().json().path("private").asBoolean()).isTrue();
  }

  @Test
  void activity_and_deletions_of_conversations_are_not_told() {
    simulator.webhooks().sendTo(url, null);
    simulator.account().conversations().delete(conversation);
    long contact = simulator.account().contacts().add("Bo", "bo@example.com");
    long other = simulator.account().conversations().open(contact);
    simulator.account().conversations().setStatus(other, "resolved");

    await().until(() -> deliveries.size() == 4);
    assertThat(deliveries)
        .extracting(delivery -> delivery.json().path("event").asString())
        .containsExactlyInAnyOrder(
            "contact_created",
            "conversation_created",
            "conversation_updated",
            "conversation_status_changed");
  }

  @Test
  void a_refused_delivery_is_not_repeated() {
    status = 500;
    simulator.webhooks().sendTo(url, null);
    simulator.account().messages().incoming(conversation, "Hi");

    await().until(() -> simulator.webhooks().failed() == 1);
    assertThat(deliveries).hasSize(1);
    assertThat(simulator.webhooks().delivered()).isZero();
  }
}
