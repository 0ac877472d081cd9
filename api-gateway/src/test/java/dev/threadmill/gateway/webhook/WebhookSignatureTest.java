package dev.threadmill.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSignatureTest {
  private static final byte[] BODY = "{\"event\":\"x\"}".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.ofEpochSecond(1_789_000_000);

  // printf '1789000000.{"event":"x"}' | openssl dgst -sha256 -hmac a-secret-of-the-test
  private static final String SIGNED =
      "0aa2b349e98a4d0242fdaf03fd933d279d2d7ce2350474b24b73edd479383bf6";

  private static boolean holds(String timestamp, String signature, String secret, byte[] body) {
    return new WebhookSignature(timestamp, signature)
        .holds(secret, body, NOW, Duration.ofMinutes(5));
  }

  @Test
  void a_signature_over_time_and_raw_body_holds() {
    assertThat(holds("1789000000", "sha256=" + SIGNED, "a-secret-of-the-test", BODY)).isTrue();
  }

  @Test
  void any_other_byte_time_or_secret_breaks_it() {
    byte[] other = "{\"event\": \"x\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(holds("1789000000", "sha256=" + SIGNED, "a-secret-of-the-test", other)).isFalse();
    assertThat(holds("1789000001", "sha256=" + SIGNED, "a-secret-of-the-test", BODY)).isFalse();
    assertThat(holds("1789000000", "sha256=" + SIGNED, "another-secret", BODY)).isFalse();
    assertThat(holds("1789000000", SIGNED, "a-secret-of-the-test", BODY)).isFalse();
    assertThat(holds("1789000000", "", "a-secret-of-the-test", BODY)).isFalse();
    assertThat(holds(null, "sha256=" + SIGNED, "a-secret-of-the-test", BODY)).isFalse();
    assertThat(holds("1789000000", null, "a-secret-of-the-test", BODY)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, true", "300, true", "-300, true", "301, false", "-301, false"})
  void a_signature_counts_only_near_its_time(long secondsLater, boolean counts) {
    boolean holds =
        new WebhookSignature("1789000000", "sha256=" + SIGNED)
            .holds(
                "a-secret-of-the-test", BODY, NOW.plusSeconds(secondsLater), Duration.ofMinutes(5));

    assertThat(holds).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"now", "-1", "1789000000.5", "99999999999999999999"})
  void a_time_that_is_none_is_refused(String timestamp) {
    assertThat(holds(timestamp, "sha256=" + SIGNED, "a-secret-of-the-test", BODY)).isFalse();
  }
}
