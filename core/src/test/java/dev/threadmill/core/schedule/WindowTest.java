package dev.threadmill.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Window OFFICE =
      new Window(
          LocalTime.of(8, 0),
          LocalTime.of(18, 0),
          EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY));
  private static final Window NIGHT =
      new Window(LocalTime.of(22, 0), LocalTime.of(6, 0), Set.of(DayOfWeek.FRIDAY));

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T07:59, false, false",
    "2026-11-23T08:00, true,  false",
    "2026-11-23T17:59, true,  false",
    "2026-11-23T18:00, false, false",
    "2026-11-27T22:00, false, true",
    "2026-11-28T05:59, false, true",
    "2026-11-28T06:00, false, false",
    "2026-11-28T10:00, false, false",
    "2026-11-28T23:00, false, false"
  })
  void a_window_knows_its_hours_and_days_over_midnight_too(
      String local, boolean office, boolean night) {
    Instant time = at(local);

    assertThat(OFFICE.contains(time, BERLIN)).isEqualTo(office);
    assertThat(NIGHT.contains(time, BERLIN)).isEqualTo(night);
  }

  @Test
  void points_outside_of_the_window_are_passed_over_and_the_grid_stays() {
    var cadence = new Windowed(new Every(10), OFFICE, BERLIN);
    Instant point = at("2026-11-27T17:59:55");

    assertThat(cadence.next(point, point)).contains(at("2026-11-30T08:00:05"));
    assertThat(cadence.next(point, at("2026-11-30T08:00:05"))).contains(at("2026-11-30T08:00:15"));
  }

  @Test
  void a_window_that_the_times_never_meet_has_no_next() {
    var cadence = new Windowed(Cron.parse("0 3 * * *", "Europe/Berlin"), OFFICE, BERLIN);

    assertThat(cadence.next(at("2026-11-27T12:00"), at("2026-11-27T12:00"))).isEmpty();
  }

  @Test
  void a_window_follows_the_wall_clock_when_the_clocks_change() {
    var cadence = new Windowed(new Every(3600), OFFICE, BERLIN);
    Instant friday = at("2026-03-27T17:00");

    assertThat(cadence.next(friday, friday)).contains(Instant.parse("2026-03-30T06:00:00Z"));
  }

  @Test
  void a_point_in_the_last_moment_before_a_window_hides_none_in_it() {
    var cadence = new Windowed(new Every(10), OFFICE, BERLIN);
    Instant point = at("2026-11-30T07:59:59.999500");

    assertThat(cadence.next(point, point.minusSeconds(60))).contains(point.plusSeconds(10));
  }

  /** The clocks go from 02:00 to 03:00. */
  @ParameterizedTest
  @CsvSource({
    "02:00, 03:00, 30 2 * * *, 2026-03-29T03:00, 2026-03-30T02:30",
    "02:15, 02:45, 30 2 * * *, 2026-03-29T03:00, 2026-03-30T02:30",
    "02:00, 02:30, '30 2,3 * * *', ,",
    "02:45, 03:15, 0 3 * * *, 2026-03-29T03:00, 2026-03-30T03:00",
    "02:00, 03:00, 0 3 * * *, ,"
  })
  void a_time_that_the_clocks_skip_within_the_window_is_not_lost(
      LocalTime from,
      LocalTime until,
      String cron,
      @Nullable String first,
      @Nullable String second) {
    var window = new Window(from, until, Set.of());
    var cadence = new Windowed(Cron.parse(cron, "Europe/Berlin"), window, BERLIN);
    Instant before = at("2026-03-28T12:00");

    Optional<Instant> next = cadence.next(before, before);

    assertThat(next).isEqualTo(Optional.ofNullable(first).map(WindowTest::at));
    assertThat(next.flatMap(found -> cadence.next(found, found)))
        .isEqualTo(Optional.ofNullable(second).map(WindowTest::at));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T17:58, 2026-11-27T18:00",
    "2026-11-27T12:00:30, 2026-11-27T12:01",
    "2026-11-27T19:00, 2026-11-27T19:00"
  })
  void a_jitter_reaches_neither_the_next_time_nor_the_end_of_the_window(
      String point, String bound) {
    var settings =
        new ScheduleSettings(
            null,
            "1,58 * * * *",
            "Europe/Berlin",
            600,
            OFFICE,
            CatchUp.ONCE,
            100,
            Overlap.COALESCE,
            false,
            Map.of());
    for (int i = 0; i < 100; i++) {
      Instant due = settings.due(at(point)).at();
      assertThat(due).isAfterOrEqualTo(at(point));
      assertThat(due.equals(at(point)) || due.isBefore(at(bound))).as("%s", due).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-27T17:00, 2026-11-27T18:00",
    "2026-11-27T23:00, 2026-11-27T23:00",
    "2026-11-28T10:00, 2026-11-28T10:00"
  })
  void a_window_knows_when_it_ends(String time, String end) {
    assertThat(OFFICE.end(at(time), BERLIN)).isEqualTo(at(end));
  }

  @Test
  void a_window_over_midnight_ends_on_the_day_after_it_began() {
    assertThat(NIGHT.end(at("2026-11-27T23:00"), BERLIN)).isEqualTo(at("2026-11-28T06:00"));
    assertThat(NIGHT.end(at("2026-11-28T05:00"), BERLIN)).isEqualTo(at("2026-11-28T06:00"));
  }

  @Test
  void a_window_of_no_length_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Window(LocalTime.NOON, LocalTime.NOON, Set.of()));
  }

  private static Instant at(String local) {
    return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
  }
}
