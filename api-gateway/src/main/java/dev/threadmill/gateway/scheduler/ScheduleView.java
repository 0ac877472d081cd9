package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Window;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as the API shows it.
 *
 * @param cadenceSeconds null when {@code cron} tells the times
 * @param nextRunAt null while it is paused or suspended
 * @param catchingUp how many missed times are still to be run
 * @param why what holds it back, if anything does
 */
public record ScheduleView(
    JobType jobType,
    String status,
    @Nullable Integer cadenceSeconds,
    @Nullable String cron,
    String timeZone,
    int jitterSeconds,
    @Nullable WindowView window,
    String catchUp,
    int catchUpCap,
    String overlap,
    boolean runOnChange,
    Map<String, Object> payload,
    @Nullable Instant nextRunAt,
    @Nullable Instant lastRunAt,
    @Nullable String lastStatus,
    @Nullable String lastError,
    int consecutiveFailures,
    int catchingUp,
    @Nullable String why) {
  /** The hours in which the job may be due. */
  public record WindowView(String from, String until, List<String> days) {
    static WindowView of(Window window) {
      return new WindowView(
          window.from().toString(),
          window.until().toString(),
          window.days().stream().map(SchedulePatch::shortName).toList());
    }
  }

  static ScheduleView of(ScheduleRow row, @Nullable String why) {
    ScheduleSettings settings = row.settings();
    Window window = settings.window();
    return new ScheduleView(
        row.jobType(),
        row.status(),
        settings.cadenceSeconds(),
        settings.cron(),
        settings.timeZone(),
        settings.jitterSeconds(),
        window == null ? null : WindowView.of(window),
        settings.catchUp().wireName(),
        settings.catchUpCap(),
        settings.overlap().wireName(),
        settings.runOnChange(),
        settings.payload(),
        row.active() ? row.nextRunAt() : null,
        row.lastRunAt(),
        row.lastStatus(),
        row.lastError(),
        row.failures(),
        row.catchingUp(),
        why);
  }
}
