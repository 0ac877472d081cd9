package dev.threadmill.core.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseAddressTest {
  @ParameterizedTest
  @CsvSource({
    "https://chat.example.com, https://chat.example.com",
    "HTTPS://Chat.Example.COM:443//, https://chat.example.com",
    "https://chat.example.com./, https://chat.example.com",
    "http://chat.example.com.:80/Sub/, http://chat.example.com/Sub",
    "http://chat.example.com:443, http://chat.example.com:443",
    "https://chat.example.com/a/../b/./, https://chat.example.com/b",
    "http://[FE80::A]:3000/, http://[fe80::a]:3000"
  })
  void a_server_has_one_spelling(URI written, URI known) {
    assertThat(BaseAddress.normal(written)).isEqualTo(known);
    assertThat(BaseAddress.normal(known)).isEqualTo(known);
  }
}
