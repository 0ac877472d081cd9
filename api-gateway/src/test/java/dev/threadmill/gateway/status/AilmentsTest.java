package dev.threadmill.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.schedule.CatchUp;
import dev.threadmill.core.schedule.Overlap;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Window;
import dev.threadmill.gateway.status.StatusTables.SourceSync;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AilmentsTest {
  private static final Instant NOW = Instant.parse("2026-11-24T07:00:00Z");
  private static final Window OFFICE =
      new Window(LocalTime.of(8, 0), LocalTime.of(18, 0), Set.of());

  @Test
  void a_sync_at_any_hour_is_behind_after_four_cadences_and_an_hour_at_the_least() {
    assertThat(ailments(schedule(900, null, null, NOW), hoursAgo(2))).hasSize(1);
    assertThat(ailments(schedule(900, null, null, NOW), NOW.minusSeconds(3_500))).isEmpty();
    assertThat(ailments(schedule(7200, null, null, NOW), hoursAgo(7))).isEmpty();
  }

  @Test
  void a_sync_that_rests_outside_of_its_window_is_behind_when_its_last_run_was() {
    assertThat(ailments(schedule(900, null, OFFICE, hoursAgo(14)), hoursAgo(14))).isEmpty();
    assertThat(ailments(schedule(900, null, OFFICE, hoursAgo(14)), hoursAgo(16)))
        .containsExactly("the sync of chatwoot:1 is complete as of 2026-11-23T15:00:00Z only");
  }

  @Test
  void a_sync_of_each_week_is_behind_when_a_later_run_was_not_complete() {
    String monday = "0 3 * * 1";
    Instant lastRun = hoursAgo(140);

    assertThat(ailments(schedule(null, monday, null, lastRun), lastRun)).isEmpty();
    assertThat(ailments(schedule(null, monday, null, lastRun), hoursAgo(140 + 168))).hasSize(1);
    assertThat(ailments(schedule(null, monday, null, lastRun), null))
        .containsExactly("the sync of chatwoot:1 was not complete yet");
    assertThat(ailments(schedule(null, monday, null, null), null)).isEmpty();
  }

  private static Instant hoursAgo(long hours) {
    return NOW.minus(Duration.ofHours(hours));
  }

  private static List<String> ailments(ScheduleRow schedule, @Nullable Instant complete) {
    var source = new SourceSync("chatwoot:1", hoursAgo(400), complete, NOW);
    return new Ailments().sync(List.of(source), List.of(schedule)).list();
  }

  private static ScheduleRow schedule(
      @Nullable Integer seconds,
      @Nullable String cron,
      @Nullable Window window,
      @Nullable Instant lastRun) {
    var settings =
        new ScheduleSettings(
            seconds, cron, "UTC", 0, window, CatchUp.ONCE, 100, Overlap.COALESCE, false, Map.of());
    return new ScheduleRow(
        1,
        new UUID(0, 1),
        JobType.CHATWOOT_SYNC,
        "active",
        settings,
        NOW,
        Duration.ZERO,
        lastRun,
        null,
        null,
        null,
        0,
        0,
        null,
        null,
        null);
  }
}
