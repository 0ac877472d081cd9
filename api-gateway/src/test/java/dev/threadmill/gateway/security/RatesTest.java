package dev.threadmill.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

class RatesTest {
  private static final String HERE = "192.0.2.1";

  /** Time that stands still until somebody moves it. */
  private static final class Clock implements TimeMeter {
    private long nanos = 1;

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  private final Clock clock = new Clock();

  private static Caller caller() {
    return new Caller(UUID.randomUUID(), "somebody", Scope.READ, null);
  }

  @Test
  void a_token_may_send_two_seconds_worth_at_once_and_then_its_rate() {
    var rates = new RequestRates(500, clock);
    Caller eager = caller();
    for (int i = 0; i < 1000; i++) {
      assertThat(rates.waitFor(eager)).isEmpty();
    }

    assertThat(rates.waitFor(eager).orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(2));
    assertThat(rates.waitFor(caller())).isEmpty();

    clock.pass(Duration.ofMillis(10));
    for (int i = 0; i < 5; i++) {
      assertThat(rates.waitFor(eager)).isEmpty();
    }
    assertThat(rates.waitFor(eager)).isPresent();
  }

  @Test
  void five_hundred_requests_a_second_pass_for_ever() {
    var rates =
        new RequestRates(
            RateSettings.of(settings(new MockEnvironment())).requestsPerSecond(), clock);
    Caller steady = caller();

    for (int i = 0; i < 60 * 500; i++) {
      assertThat(rates.waitFor(steady)).isEmpty();
      clock.pass(Duration.ofMillis(2));
    }
  }

  @Test
  void an_address_with_too_many_wrong_tokens_is_told_to_wait_until_time_passed() {
    var wrong = new WrongTokens(3, clock);
    byte[] guess = TokenHash.of("a guess");
    for (int i = 0; i < 3; i++) {
      assertThat(wrong.wrong(HERE, guess)).isEmpty();
    }

    assertThat(wrong.wrong(HERE, guess).orElseThrow()).isEqualTo(Duration.ofSeconds(20));
    assertThat(wrong.wrong("192.0.2.2", guess)).isEmpty();

    clock.pass(Duration.ofSeconds(20));
    assertThat(wrong.wrong(HERE, guess)).isEmpty();
  }

  @Test
  void tokens_of_such_an_address_are_looked_at_two_hundred_times_a_second_and_no_more() {
    var wrong = new WrongTokens(1, clock);
    wrong.wrong(HERE, TokenHash.of("a guess"));
    for (int i = 0; i < 200; i++) {
      assertThat(wrong.waitFor(HERE, TokenHash.of("perhaps right " + i))).isEmpty();
    }

    assertThat(wrong.waitFor(HERE, TokenHash.of("one more"))).isPresent();
    assertThat(wrong.waitFor("192.0.2.2", TokenHash.of("one more"))).isEmpty();

    clock.pass(Duration.ofMillis(5));
    assertThat(wrong.waitFor(HERE, TokenHash.of("one more"))).isEmpty();
  }

  @Test
  void who_was_right_lately_is_always_looked_at_until_found_wrong() {
    var wrong = new WrongTokens(1, clock);
    byte[] known = TokenHash.of("a known token");
    wrong.right(known);
    wrong.wrong(HERE, TokenHash.of("a guess"));
    for (int i = 0; i < 200; i++) {
      wrong.waitFor(HERE, TokenHash.of("another"));
    }
    assertThat(wrong.waitFor(HERE, TokenHash.of("another"))).isPresent();

    assertThat(wrong.waitFor(HERE, known)).isEmpty();

    wrong.wrong(HERE, known);
    assertThat(wrong.waitFor(HERE, known)).isPresent();
  }

  @Test
  void all_addresses_of_a_network_of_ipv6_are_one() {
    var wrong = new WrongTokens(1, clock);
    byte[] guess = TokenHash.of("a guess");
    wrong.wrong("2001:db8:0:1:0:0:0:1", guess);

    assertThat(wrong.wrong("2001:db8:0:1:ffff::2", guess)).isPresent();
    assertThat(wrong.wrong("2001:db8:0:2::1", guess)).isEmpty();
  }

  @Test
  void zero_is_no_limit() {
    var rates = new RequestRates(0, clock);
    var wrong = new WrongTokens(0, clock);
    Caller eager = caller();
    for (int i = 0; i < 10_000; i++) {
      assertThat(wrong.wrong(HERE, TokenHash.of("x"))).isEmpty();
      assertThat(rates.waitFor(eager)).isEmpty();
      assertThat(wrong.waitFor(HERE, TokenHash.of("x"))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dash.example.com", "https://a.example.com/path", "https://a b", "null"})
  void an_origin_that_no_browser_sends_is_a_wrong_setting(String origin) {
    var environment = new MockEnvironment().withProperty("CORS_ALLOWED_ORIGINS", origin);

    assertThatThrownBy(() -> CorsSettings.of(settings(environment)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("CORS_ALLOWED_ORIGINS");
  }

  @Test
  void no_other_origin_may_call_unless_it_is_set() {
    assertThat(CorsSettings.of(settings(new MockEnvironment())).origins()).isEmpty();
  }

  private static Settings settings(MockEnvironment environment) {
    return new Settings(environment);
  }
}
