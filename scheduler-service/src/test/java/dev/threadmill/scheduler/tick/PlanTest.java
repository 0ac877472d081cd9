package dev.threadmill.scheduler.tick;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.core.schedule.CatchUp;
import dev.threadmill.core.schedule.Overlap;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Window;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final Duration GRACE = Duration.ofMinutes(5);
  private static final Instant POINT = Instant.parse("2026-03-02T10:00:00Z");

  private CatchUp catchUp = CatchUp.ONCE;
  private int cap = 100;
  private int catchingUp;
  private int failures;
  private @Nullable Window window;
  private int jitter;
  private int cadence = 900;

  @Test
  void what_is_due_runs_and_the_grid_moves_to_the_first_point_ahead() {
    Plan.Move move = move(POINT.plusSeconds(20), false);

    assertThat(run(move).at()).isEqualTo(POINT);
    assertThat(run(move).reason()).isNull();
    assertThat(move.next().at()).isEqualTo(POINT.plusSeconds(900));
  }

  @Test
  void one_run_stands_for_all_that_an_outage_swallowed_and_says_so() {
    Plan.Move move = move(POINT.plus(Duration.ofHours(3)), false);

    assertThat(run(move).at()).isEqualTo(POINT);
    assertThat(run(move).reason()).contains("13 due times");
    assertThat(move.later()).isEmpty();
    assertThat(move.next().at()).isEqualTo(POINT.plus(Duration.ofHours(3)).plusSeconds(900));
  }

  @Test
  void of_a_long_outage_not_all_that_were_swallowed_are_counted() {
    assertThat(run(move(POINT.plusSeconds(99 * 900), false)).reason())
        .contains("for 100 due times");
    assertThat(run(move(POINT.plus(Duration.ofDays(300)), false)).reason())
        .contains("more than 100 due times");
  }

  @Test
  void with_none_a_missed_time_is_left_out_with_its_reason_and_one_that_is_a_little_late_is_not() {
    catchUp = CatchUp.NONE;

    Plan.Move missed = move(POINT.plus(Duration.ofHours(3)), false);
    Plan.Move late = move(POINT.plusSeconds(299), false);

    assertThat(missed.run()).isNull();
    assertThat(missed.skip()).isNotNull();
    assertThat(missed.skip().reason()).contains("10800 s", "'none'");
    assertThat(late.run()).isNotNull();
    assertThat(late.skip()).isNull();
  }

  @Test
  void with_all_each_missed_time_runs_oldest_first() {
    catchUp = CatchUp.ALL;

    Plan.Move move = move(POINT.plusSeconds(2_800), false);

    assertThat(run(move).at()).isEqualTo(POINT);
    assertThat(run(move).reason()).isNull();
    assertThat(move.later())
        .containsExactly(
            POINT.plusSeconds(900), POINT.plusSeconds(1_800), POINT.plusSeconds(2_700));
  }

  @Test
  void the_cap_keeps_the_newest_however_long_the_outage_was() {
    catchUp = CatchUp.ALL;
    cap = 3;
    Instant now = POINT.plus(Duration.ofDays(300));

    Plan.Move move = move(now, false);

    assertThat(run(move).at()).isEqualTo(now.minusSeconds(1_800));
    assertThat(run(move).reason())
        .isEqualTo("the newest 3 of more; older ones are left out (catch_up_cap)");
    assertThat(move.later()).containsExactly(now.minusSeconds(900), now);
  }

  @Test
  void who_still_catches_up_queues_behind_itself() {
    catchUp = CatchUp.ALL;
    catchingUp = 4;

    Plan.Move move = move(POINT.plusSeconds(950), false);

    assertThat(move.run()).isNull();
    assertThat(move.later()).containsExactly(POINT, POINT.plusSeconds(900));
  }

  @Test
  void who_catches_up_and_failed_runs_its_due_time_for_nothing_else_could_end_the_failures() {
    catchUp = CatchUp.ALL;
    catchingUp = 4;
    failures = 1;

    Plan.Move move = move(POINT.plusSeconds(950), false);

    assertThat(run(move).at()).isEqualTo(POINT);
    assertThat(move.later()).containsExactly(POINT.plusSeconds(900));
  }

  @Test
  void a_missed_time_is_not_made_up_for_outside_of_the_window() {
    window = new Window(LocalTime.of(8, 0), LocalTime.of(18, 0), Set.of(DayOfWeek.MONDAY));

    Plan.Move move = move(Instant.parse("2026-03-03T09:00:00Z"), false);

    assertThat(move.run()).isNull();
    assertThat(move.skip()).isNotNull();
    assertThat(move.skip().reason()).contains("window");
    assertThat(move.next().at()).isEqualTo(Instant.parse("2026-03-09T08:00:00Z"));
  }

  @Test
  void with_all_missed_times_wait_for_the_window_where_the_outage_ends_outside_of_it() {
    window = new Window(LocalTime.of(8, 0), LocalTime.of(18, 0), Set.of(DayOfWeek.MONDAY));
    catchUp = CatchUp.ALL;
    cap = 2;

    Plan.Move move = move(Instant.parse("2026-03-03T09:00:00Z"), false);

    assertThat(move.run()).isNull();
    assertThat(move.skip()).isNull();
    assertThat(move.later())
        .containsExactly(
            Instant.parse("2026-03-02T17:30:00Z"), Instant.parse("2026-03-02T17:45:00Z"));
    assertThat(move.next().at()).isEqualTo(Instant.parse("2026-03-09T08:00:00Z"));
  }

  @Test
  void with_all_the_points_between_two_ticks_are_not_missed() {
    catchUp = CatchUp.ALL;
    cadence = 10;

    Plan.Move inTime = move(POINT.plusSeconds(59), false);
    catchingUp = 4;
    Plan.Move behindOthers = move(POINT.plusSeconds(59), false);
    Plan.Move missed = move(POINT.plusSeconds(301), false);

    assertThat(run(inTime).at()).isEqualTo(POINT);
    assertThat(run(inTime).reason()).contains("6 due times");
    assertThat(inTime.later()).isEmpty();
    assertThat(behindOthers.run()).isNull();
    assertThat(behindOthers.later()).containsExactly(POINT);
    assertThat(missed.later()).hasSize(31);
  }

  @Test
  void jitter_delays_a_run_and_never_moves_the_grid() {
    jitter = 600;
    Set<Instant> points = new java.util.HashSet<>();
    for (int i = 0; i < 100; i++) {
      Plan.Move move = move(POINT.plusSeconds(700), false);
      points.add(move.next().point());
      assertThat(move.next().at())
          .isBetween(move.next().point(), move.next().point().plusSeconds(600));
    }

    assertThat(points).containsExactly(POINT.plusSeconds(900));
  }

  @Test
  void an_archived_project_moves_on_and_runs_nothing() {
    Plan.Move move = move(POINT.plusSeconds(20), true);

    assertThat(move.run()).isNull();
    assertThat(move.skip()).isNull();
    assertThat(move.next().at()).isAfter(POINT);
  }

  private static DueTime run(Plan.Move move) {
    assertThat(move.run()).isNotNull();
    return java.util.Objects.requireNonNull(move.run());
  }

  private Plan.Move move(Instant now, boolean archived) {
    var settings =
        new ScheduleSettings(
            cadence, null, "UTC", jitter, window, catchUp, cap, Overlap.COALESCE, true, Map.of());
    var row =
        new ScheduleRow(
            1,
            new UUID(0, 1),
            JobType.CHATWOOT_SYNC,
            "active",
            settings,
            POINT,
            Duration.ZERO,
            null,
            null,
            null,
            null,
            failures,
            catchingUp,
            null,
            null,
            null);
    return (Plan.Move) Plan.of(new DueSchedule(row, now, archived), GRACE);
  }

  @Test
  void the_oldest_is_looked_for_step_by_step_and_none_is_counted_twice() {
    catchUp = CatchUp.ALL;
    cap = 1000;
    Instant now = POINT.plus(Duration.ofDays(3)).plusSeconds(5);

    Plan.Move move = move(now, false);

    List<Instant> later = move.later();
    assertThat(later).hasSize(3 * 96).doesNotHaveDuplicates().isSorted();
    assertThat(run(move).at()).isEqualTo(POINT);
  }
}
