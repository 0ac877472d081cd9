package dev.threadmill.core.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadmill.localstack.testing.TestServers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;

class KafkaConnectionIT {
  @Test
  void a_broker_whose_name_can_not_be_resolved_yet_is_waited_for() {
    AtomicReference<String> servers = new AtomicReference<>("no-such-host.invalid:9092");
    AtomicInteger asked = new AtomicInteger();
    KafkaAdmin admin = new KafkaAdmin(Map.of());
    admin.setBootstrapServersSupplier(
        () -> {
          asked.incrementAndGet();
          return servers.get();
        });
    var connection = new KafkaConnection(admin, new KafkaListenerEndpointRegistry(), 3);

    connection.start();
    try {
      await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() >= 2);
      assertThat(connection.isUp()).isFalse();

      servers.set(TestServers.shared().bootstrapServers());

      await().atMost(Duration.ofSeconds(60)).until(connection::isUp);
    } finally {
      connection.stop();
    }
  }
}
