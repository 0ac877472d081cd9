package dev.threadmill.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.UnsettledRuns.FinishedRun;
import dev.threadmill.core.schedule.Every;
import dev.threadmill.core.schedule.ScheduleSettings.Due;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NEXT = NOW.plusSeconds(300);

  @Test
  void ten_failures_in_a_row_suspend_once() {
    Schedule schedule = schedule(900, true);
    for (int i = 1; i < 10; i++) {
      schedule = schedule.after(failed("no"), NOW);
      assertThat(schedule.suspendedBecause()).isNull();
    }

    schedule = schedule.after(failed("no source"), NOW);

    assertThat(schedule.suspendedBecause()).contains("10 failures", "no source");
    assertThat(schedule.failures()).isEqualTo(10);
    assertThat(schedule.active()).isFalse();
  }

  @Test
  void a_paused_schedule_counts_but_is_not_suspended() {
    Schedule schedule = schedule(900, false);
    for (int i = 0; i < 12; i++) {
      schedule = schedule.after(failed("no"), NOW);
    }

    assertThat(schedule.failures()).isEqualTo(12);
    assertThat(schedule.suspendedBecause()).isNull();
  }

  @Test
  void a_back_off_shorter_than_the_cadence_changes_nothing_and_a_longer_one_skips_grid_points() {
    Schedule patient = schedule(900, true).after(failed("no"), NOW);
    assertThat(patient.next().at()).isEqualTo(NEXT);

    Schedule hasty = schedule(10, true);
    for (int i = 0; i < 6; i++) {
      hasty = hasty.after(failed("no"), NOW);
    }
    Duration rest = Duration.between(NOW, hasty.next().at());
    assertThat(rest).isBetween(Duration.ofSeconds(480), Duration.ofSeconds(970));
    assertThat(Duration.between(NEXT, hasty.next().at()).toSeconds() % 10).isZero();
  }

  @Test
  void success_resets_and_a_cancelled_run_counts_for_nothing() {
    Schedule failed = schedule(900, true).after(failed("no"), NOW);

    assertThat(
            failed
                .after(ended(RunStatus.CANCELLED, "cancelled", "cancelled", null), NOW)
                .failures())
        .isEqualTo(1);
    Schedule partial = failed.after(ended(RunStatus.PARTIAL, null, null, null), NOW);
    assertThat(partial.failures()).isZero();
    assertThat(partial.last().error()).isNull();
    assertThat(partial.last().status()).isEqualTo("partial");
  }

  @Test
  void what_only_a_person_can_mend_is_tried_three_times() {
    Schedule schedule = schedule(900, true);
    for (int i = 0; i < 2; i++) {
      schedule = schedule.after(ended(RunStatus.FAILED, "refused", "unauthorized", null), NOW);
      assertThat(schedule.suspendedBecause()).isNull();
    }

    schedule =
        schedule.after(
            ended(RunStatus.FAILED, "refused: set CHATWOOT_API_TOKEN", "unauthorized", null), NOW);

    assertThat(schedule.suspendedBecause()).contains("3 failures", "set CHATWOOT_API_TOKEN");
  }

  @Test
  void who_asks_to_be_left_alone_for_longer_than_the_back_off_is_left_alone() {
    Instant asked = NOW.plus(Duration.ofHours(5));

    Schedule schedule =
        schedule(900, true).after(ended(RunStatus.FAILED, "slow down", "rate_limited", asked), NOW);

    assertThat(schedule.next().at()).isAfter(asked).isBefore(asked.plusSeconds(901));
    assertThat(Duration.between(NEXT, schedule.next().at()).toSeconds() % 900).isZero();
  }

  @Test
  void the_back_off_doubles_with_jitter_and_ends_at_an_hour() {
    for (int i = 0; i < 200; i++) {
      assertThat(BackOff.after(1)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
      assertThat(BackOff.after(3)).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(120));
      assertThat(BackOff.after(1000)).isBetween(Duration.ofMinutes(30), Duration.ofHours(1));
    }
  }

  private static Schedule schedule(int seconds, boolean active) {
    return new Schedule(1, active, new Every(seconds), new Due(NEXT, Duration.ZERO), null, 0, null);
  }

  private static FinishedRun failed(String error) {
    return ended(RunStatus.FAILED, error, "malformed", null);
  }

  private static FinishedRun ended(
      RunStatus status,
      @Nullable String error,
      @Nullable String errorClass,
      @Nullable Instant retryAt) {
    return new FinishedRun(1, 1, false, status, NOW, NOW, error, errorClass, retryAt);
  }
}
