package dev.threadmill.core.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "17; 17",
        "'Thu, 26 Nov 2026 10:01:00 GMT'; 45",
        "'Fri, 26 Nov 2027 10:01:00 GMT'; 100800",
        "soon; 45",
        "; 45"
      })
  void a_throttle_lasts_as_long_as_it_says_else_to_the_end_of_the_servers_minute(
      String header, long seconds) {
    Map<String, List<String>> headers =
        header == null
            ? Map.of("date", List.of("Thu, 26 Nov 2026 10:00:15 GMT"))
            : Map.of(
                "date", List.of("Thu, 26 Nov 2026 10:00:15 GMT"), "retry-after", List.of(header));

    assertThat(RetryAfter.ofThrottle(HttpHeaders.of(headers, (name, value) -> true), Instant.EPOCH))
        .isEqualTo(Duration.ofSeconds(seconds));
  }
}
