package dev.threadmill.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StackPortsTest {

  @Test
  void a_taken_port_is_named_with_its_purpose_and_the_way_out() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = socket.getLocalPort();
      var ports = new StackPorts(List.of(new StackPorts.StackPort("KAFKA_PORT", "Kafka", taken)));

      assertThatThrownBy(ports::requireFree)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("Port %d, needed for Kafka, is taken".formatted(taken))
          .hasMessageContaining("make up KAFKA_PORT=");
    }
  }

  @Test
  void random_ports_are_free() {
    assertThatCode(() -> StackPorts.random().requireFree()).doesNotThrowAnyException();
  }

  @Test
  void the_environment_changes_a_port() {
    StackPorts ports = StackPorts.fromEnvironment(Map.of("GATEWAY_PORT", "9999"));

    assertThat(ports.number("GATEWAY_PORT")).isEqualTo(9999);
    assertThat(ports.number("INGEST_PORT")).isEqualTo(8081);
  }

  @Test
  void a_variable_that_is_no_port_is_named() {
    assertThatThrownBy(() -> StackPorts.fromEnvironment(Map.of("GATEWAY_PORT", "70000")))
        .hasMessageContaining("GATEWAY_PORT")
        .hasMessageContaining("70000");
  }
}
