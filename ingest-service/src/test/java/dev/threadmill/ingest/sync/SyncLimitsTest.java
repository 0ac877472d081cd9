package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class SyncLimitsTest {
  @Test
  void a_first_sync_goes_back_a_week_unless_it_is_told_otherwise() {
    assertThat(SyncLimits.of(new Settings(new MockEnvironment())).lookback())
        .isEqualTo(Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          CHATWOOT_LOOKBACK_DAYS,        -1
          CHATWOOT_LOOKBACK_DAYS,        a week
          CHATWOOT_CONVERSATIONS_LIMIT,  0
          CHATWOOT_PAGES_LIMIT,          0
          CHATWOOT_MESSAGES_LIMIT,       300.5
          CHATWOOT_RECONCILE_HOURS,      -1
          CHATWOOT_RECONCILE_LIMIT,      -1
          """)
  void a_wrong_limit_is_named(String variable, String value) {
    var settings = new Settings(new MockEnvironment().withProperty(variable, value));

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> SyncLimits.of(settings))
        .withMessageStartingWith(variable + " is '" + value + "'");
  }
}
