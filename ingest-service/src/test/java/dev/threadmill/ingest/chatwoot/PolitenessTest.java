package dev.threadmill.ingest.chatwoot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.chatwoot.RequestLimiter;
import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import dev.threadmill.localstack.testing.SettableClock;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class PolitenessTest {
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:20Z");

  /** Runs over after five seconds, as any nanosecond counter may. */
  private static LongSupplier nanoTimeOf(Clock clock) {
    Instant begun = clock.instant();
    return () -> Long.MAX_VALUE - 5_000_000_000L + begun.until(clock.instant(), ChronoUnit.NANOS);
  }

  @Test
  void no_minute_sees_more_requests_than_allowed_however_hurried_the_callers_are() {
    var clock = new SettableClock(NOON);
    var limiter = new RequestLimiter(300, nanoTimeOf(clock));
    int[] perMinute = new int[10];
    Instant start = clock.instant();
    for (int i = 0; i < 1500; i++) {
      clock.advance(limiter.reserve());
      perMinute[(int) (Duration.between(start, clock.instant()).toSeconds() / 60)]++;
    }

    assertThat(Arrays.stream(perMinute).boxed()).allMatch(requests -> requests <= 300);
    assertThat(perMinute[1]).isGreaterThan(250);
  }

  @Test
  void a_pause_that_the_server_asks_for_holds_up_all_requests() {
    var clock = new SettableClock(NOON);
    var limiter = new RequestLimiter(3000, nanoTimeOf(clock));

    limiter.pauseFor(Duration.ofSeconds(30));
    limiter.pauseFor(Duration.ofSeconds(10));

    assertThat(limiter.pauseLeft()).isEqualTo(Duration.ofSeconds(30));
    clock.advance(Duration.ofSeconds(29));
    assertThat(limiter.pauseLeft()).isEqualTo(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(1));
    assertThat(limiter.pauseLeft()).isZero();
  }

  private static ChatwootException status(int status, Map<String, String> headers) {
    var account = new ChatwootAccount(URI.create("https://chat.example.com"), 3, "a-token");
    var fields = new java.util.HashMap<String, List<String>>();
    headers.forEach((name, value) -> fields.put(name, List.of(value)));
    return new Failures(account)
        .ofStatus(status, HttpHeaders.of(fields, (name, value) -> true), NOON);
  }

  @Test
  void a_throttle_without_retry_after_is_waited_out_until_the_servers_next_minute() {
    var throttled =
        status(429, Map.of("content-type", "text/plain", "date", "Tue, 24 Nov 2026 12:00:50 GMT"));

    assertThat(throttled.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(throttled.retryAfter()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void a_retry_after_in_seconds_or_as_a_date_is_honoured() {
    assertThat(status(429, Map.of("retry-after", "7")).retryAfter())
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(status(503, Map.of("retry-after", "Tue, 24 Nov 2026 12:01:20 GMT")).retryAfter())
        .isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void not_found_counts_only_in_chatwoots_own_words() {
    assertThat(status(404, Map.of("content-type", "application/json; charset=utf-8")).kind())
        .isEqualTo(Kind.NOT_FOUND);
    assertThat(status(404, Map.of("content-type", "text/html")).kind())
        .isEqualTo(Kind.NOT_CHATWOOT);
  }

  @Test
  void forbidden_is_told_apart_from_broken_and_no_sentence_holds_the_token() {
    assertThat(status(401, Map.of()).kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(status(500, Map.of("content-type", "text/html")).kind())
        .isEqualTo(Kind.SERVER_ERROR);
    for (int status : new int[] {301, 401, 403, 404, 422, 429, 500, 503}) {
      assertThat(status(status, Map.of()).sentence()).doesNotContain("a-token");
    }
  }
}
