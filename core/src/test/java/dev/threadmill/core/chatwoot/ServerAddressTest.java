package dev.threadmill.core.chatwoot;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.chatwoot.ServerAddress.NoServerException;
import java.net.ConnectException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]",
        "http://[fd00:ec2::254]",
        "http://100.100.100.200",
        "http://168.63.129.16",
        "http://0.0.0.0:3000",
        "http://224.0.0.1"
      })
  void where_clouds_hand_out_credentials_no_server_is_asked(String address) {
    assertThatThrownBy(() -> ServerAddress.require(URI.create(address)))
        .isInstanceOf(NoServerException.class)
        .as("as if the connection had been refused: nothing was sent")
        .isInstanceOf(ConnectException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:3000",
        "https://10.0.0.7",
        "http://[fd12:3456::1]",
        "https://203.0.113.9"
      })
  void other_addresses_are_asked(String address) {
    assertThatCode(() -> ServerAddress.require(URI.create(address))).doesNotThrowAnyException();
  }
}
