package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RhythmTest {
  private static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

  private static List<Instant> visits(int count, Duration apart) {
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      times.add(BEGIN.plus(apart.multipliedBy(i)));
    }
    return times;
  }

  /** The worked example of docs/signals.md. */
  @Test
  void who_writes_each_week_is_silent_after_three_and_it_grows_graver_after_six_and_twelve() {
    Rhythm weekly = Rhythm.of(visits(8, Duration.ofDays(7))).orElseThrow();

    assertThat(weekly.median()).isEqualTo(Duration.ofDays(7));
    assertThat(weekly.allowed()).isEqualTo(Duration.ofDays(21));
    assertThat(weekly.confidence()).isCloseTo(0.9 - 0.02 * 8, within(1e-9));
    assertThat(weekly.steps(Duration.ofDays(20))).isZero();
    assertThat(weekly.severity(weekly.steps(Duration.ofDays(21)))).isEqualTo(2);
    assertThat(weekly.severity(weekly.steps(Duration.ofDays(42)))).isEqualTo(3);
    assertThat(weekly.severity(weekly.steps(Duration.ofDays(100)))).isEqualTo(4);
    assertThat(weekly.due(BEGIN, 0)).contains(BEGIN.plus(Duration.ofDays(21)));
    assertThat(weekly.due(BEGIN, 2)).contains(BEGIN.plus(Duration.ofDays(84)));
    assertThat(weekly.due(BEGIN, 3)).isEmpty();
  }

  @Test
  void what_is_written_within_an_hour_is_one_visit_and_few_visits_tell_nothing() {
    List<Instant> burst = visits(30, Duration.ofMinutes(20));
    assertThat(Rhythm.of(burst)).isEmpty();
    assertThat(Rhythm.of(visits(5, Duration.ofDays(1)))).isEmpty();
    assertThat(Rhythm.of(List.of())).isEmpty();

    List<Instant> both = new ArrayList<>(burst);
    for (int i = 1; i <= 6; i++) {
      both.add(BEGIN.plus(Duration.ofDays(4L * i)));
    }
    assertThat(Rhythm.of(both).orElseThrow().median()).isEqualTo(Duration.ofDays(4));
  }

  @Test
  void who_writes_often_has_two_days_and_who_is_irregular_is_less_sure() {
    Rhythm hourly = Rhythm.of(visits(30, Duration.ofHours(5))).orElseThrow();
    assertThat(hourly.allowed()).isEqualTo(Duration.ofDays(2));
    assertThat(hourly.gaps()).isEqualTo(20);
    assertThat(hourly.confidence()).isCloseTo(0.9, within(1e-9));

    List<Instant> irregular = new ArrayList<>();
    Instant time = BEGIN;
    for (int i = 0; i < 12; i++) {
      irregular.add(time);
      time = time.plus(Duration.ofDays(i % 2 == 0 ? 1 : 9));
    }
    assertThat(Rhythm.of(irregular).orElseThrow().confidence()).isLessThan(Signal.SURE);
  }
}
