package dev.threadmill.embed.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.settings.InvalidSettingException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimLeaseTest {
  @Test
  void a_lease_that_a_request_outlasts_is_refused_with_both_names() {
    assertThatThrownBy(() -> ClaimLease.checked(Duration.ofMinutes(5), Duration.ofMillis(600_000)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("EMBED_STALE_RECOVERY_MINUTES")
        .hasMessageContaining("OPENAI_TIMEOUT_MS")
        .hasMessageContaining("14 minutes");
  }

  @Test
  void the_shortest_lease_is_enough_for_the_usual_timeout() {
    assertThat(ClaimLease.checked(Duration.ofMinutes(1), Duration.ofSeconds(20)))
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void a_text_is_held_for_as_long_as_its_request_may_take_and_never_longer_than_its_rows() {
    assertThat(ClaimLease.ofText(Duration.ofMinutes(30), Duration.ofSeconds(20)))
        .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(5));
    assertThat(ClaimLease.ofText(Duration.ofMinutes(1), Duration.ofSeconds(20)))
        .isEqualTo(Duration.ofMinutes(1));
  }
}
