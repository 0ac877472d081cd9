package dev.threadmill.ingest.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessTest {
  private static Access of(String profile) {
    return Access.of(PayloadReader.JSON.readTree(profile), 3);
  }

  @Test
  void only_who_is_said_to_be_an_administrator_counts_as_one() {
    assertThat(of("{\"accounts\":[{\"id\":3,\"role\":\"administrator\"}]}"))
        .isEqualTo(Access.ADMINISTRATOR);
    assertThat(of("{\"accounts\":[{\"id\":3,\"role\":\"agent\"}]}")).isEqualTo(Access.AGENT);
    assertThat(of("{\"accounts\":[{\"id\":3}]}")).isEqualTo(Access.UNKNOWN);
    assertThat(of("{\"accounts\":[{\"id\":3,\"role\":null}]}")).isEqualTo(Access.UNKNOWN);
    assertThat(of("{}")).isEqualTo(Access.UNKNOWN);
    assertThat(of("{\"accounts\":[{\"id\":4,\"role\":\"administrator\"}]}")).isEqualTo(Access.NONE);
  }
}
