package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final RunSettings settings =
      new RunSettings("tester", 1, SECOND.multipliedBy(3), SECOND, 3, Duration.ofHours(1));

  @ParameterizedTest
  @CsvSource({
    "0, 5",
    "1, 5",
    "2, 10",
    "5, 80",
    "10, 2560",
    "11, 3600",
    "60, 3600",
    "2147483647, 3600"
  })
  void the_back_off_of_attempts_doubles_with_jitter_and_ends_at_an_hour(int attempt, int seconds) {
    Duration most = Duration.ofSeconds(seconds);

    assertThat(Stream.generate(() -> settings.backOff(attempt)).limit(200).toList())
        .allMatch(wait -> wait.compareTo(most) <= 0 && wait.compareTo(most.dividedBy(2)) >= 0)
        .as("two workers that failed together do not come back together")
        .hasSizeGreaterThan(1)
        .anyMatch(wait -> !wait.equals(settings.backOff(attempt)));
  }

  @Test
  void a_lease_that_a_few_lost_heartbeats_would_end_is_refused() {
    assertThatThrownBy(
            () -> new RunSettings("tester", 1, SECOND.multipliedBy(2), SECOND, 3, SECOND))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("three heartbeats");
  }
}
