package dev.threadmill.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CadenceTest {
  private static final Instant POINT = Instant.parse("2026-01-01T00:00:10.123456Z");

  @Test
  void a_late_look_moves_on_to_the_first_grid_point_ahead() {
    var every = new Every(900);

    assertThat(every.next(POINT, POINT.plusSeconds(1))).contains(POINT.plusSeconds(900));
    assertThat(every.next(POINT, POINT.plusSeconds(900))).contains(POINT.plusSeconds(1800));
    assertThat(every.next(POINT, POINT.plus(Duration.ofDays(400)).plusSeconds(7)))
        .contains(POINT.plus(Duration.ofDays(400)).plusSeconds(900));
  }

  @Test
  void a_point_ahead_stays() {
    assertThat(new Every(60).next(POINT, POINT.minusSeconds(1))).contains(POINT);
    assertThat(Cron.parse("* * * * *", "UTC").next(POINT, POINT.minusSeconds(1))).contains(POINT);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 0, -1, 2_678_401})
  void seconds_have_bounds(int seconds) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cadence.of(seconds, null, "UTC"))
        .withMessageContaining("10 to 2678400");
  }

  @Test
  void what_can_not_be_understood_is_said() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse("every day", "UTC"))
        .withMessageContaining("'every day'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cron.parse("0 3 * * *", "Mars/Olympus"))
        .withMessageContaining("Mars/Olympus");
    assertThatIllegalArgumentException().isThrownBy(() -> Cadence.of(null, null, "UTC"));
  }

  @Test
  void a_day_that_never_comes_has_no_next() {
    assertThat(Cron.parse("0 0 30 2 *", "UTC").next(POINT, POINT)).isEmpty();
  }

  @Test
  void five_fields_six_fields_and_macros_are_read() {
    Instant midnight = Instant.parse("2026-01-02T00:00:00Z");

    assertThat(Cron.parse("0 0 * * *", "UTC").next(POINT, POINT)).contains(midnight);
    assertThat(Cron.parse("0 0 0 * * *", "UTC").next(POINT, POINT)).contains(midnight);
    assertThat(Cron.parse("@daily", "UTC").next(POINT, POINT)).contains(midnight);
    assertThat(Cron.parse("0 0 29 2 *", "Europe/Berlin").next(POINT, POINT))
        .contains(Instant.parse("2028-02-28T23:00:00Z"));
  }

  /** The clocks go forward: what they skip runs at the moment of the change. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin,       30 2 * * *,    2026-03-28T12:00, 2026-03-29T03:00+02:00, 2026-03-30T02:30+02:00",
    "America/New_York,    30 2 * * *,    2026-03-07T12:00, 2026-03-08T03:00-04:00, 2026-03-09T02:30-04:00",
    "Australia/Lord_Howe, 15 2 * * *,    2026-10-03T12:00, 2026-10-04T02:30+11:00, 2026-10-05T02:15+11:00",
    "Europe/Berlin,       '0,30 2,3 * * *', 2026-03-29T00:00, 2026-03-29T03:00+02:00, 2026-03-29T03:30+02:00",
    "Europe/Berlin,       0 */2 * * *,   2026-03-29T00:30, 2026-03-29T03:00+02:00, 2026-03-29T04:00+02:00",
    "America/New_York,    30 */2 * * *,  2026-03-08T01:00, 2026-03-08T03:00-04:00, 2026-03-08T04:30-04:00"
  })
  void a_time_that_the_clocks_skip_is_not_lost(
      String zone, String cron, String after, String first, String second) {
    assertThat(times(zone, cron, after, 2)).containsExactly(instant(first), instant(second));
  }

  /** The clocks go back: what comes twice runs once, the first time. */
  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin,       30 2 * * *, 2026-10-24T12:00, 2026-10-25T02:30+02:00, 2026-10-26T02:30+01:00",
    "America/New_York,    30 1 * * *, 2026-10-31T12:00, 2026-11-01T01:30-04:00, 2026-11-02T01:30-05:00",
    "Australia/Lord_Howe, 45 1 * * *, 2026-04-04T12:00, 2026-04-05T01:45+11:00, 2026-04-06T01:45+10:30",
    "Europe/Berlin,       0 2-3 * * *, 2026-10-25T00:00, 2026-10-25T02:00+02:00, 2026-10-25T03:00+01:00",
    "Europe/Berlin,       0 */2 * * *, 2026-10-25T01:00, 2026-10-25T02:00+02:00, 2026-10-25T04:00+01:00",
    "Europe/Berlin,       0 0 */2 * * *, 2026-10-25T01:00, 2026-10-25T02:00+02:00, 2026-10-25T04:00+01:00"
  })
  void a_time_that_comes_twice_runs_once(
      String zone, String cron, String after, String first, String second) {
    assertThat(times(zone, cron, after, 2)).containsExactly(instant(first), instant(second));
  }

  @ParameterizedTest
  @CsvSource({
    "Europe/Berlin, 2026-03-28T22:00",
    "Europe/Berlin, 2026-10-24T22:00",
    "America/New_York, 2026-03-07T22:00",
    "America/New_York, 2026-10-31T22:00"
  })
  void what_runs_every_quarter_of_an_hour_goes_on_in_real_time(String zone, String after) {
    for (String cron :
        List.of("*/15 * * * *", "*/15 */1 * * *", "*/15 0-23 * * *", "*/15 0/1 * * *")) {
      List<Instant> times = times(zone, cron, after, 40);

      for (int i = 1; i < times.size(); i++) {
        assertThat(Duration.between(times.get(i - 1), times.get(i)))
            .isEqualTo(Duration.ofMinutes(15));
      }
    }
  }

  private static List<Instant> times(String zone, String cron, String after, int count) {
    Cron cadence = Cron.parse(cron, zone);
    List<Instant> times = new ArrayList<>();
    Instant last = LocalDateTime.parse(after).atZone(ZoneId.of(zone)).toInstant();
    for (int i = 0; i < count; i++) {
      last = cadence.next(last, last).orElseThrow();
      times.add(last);
    }
    return times;
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }
}
