package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.schedule.CatchUp;
import dev.threadmill.core.schedule.Overlap;
import dev.threadmill.core.schedule.ScheduleSettings;
import dev.threadmill.core.schedule.Window;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a schedule. What is absent stays.
 *
 * @param status {@code paused} or {@code active}
 * @param reason why it is paused; shown to all who look
 * @param cadenceSeconds 10 to 2,678,400; takes the place of {@code cron}
 * @param cron five or six fields, or a macro such as {@code @daily}; takes the place of {@code
 *     cadence_seconds}
 * @param window an empty one ({@code {}}) takes it away
 * @param catchUp {@code once}, {@code none} or {@code all}
 * @param overlap {@code coalesce} or {@code skip}
 * @param runOnChange whether a run that changed something starts the job at once
 * @param payload settings of the job's own, all of them
 */
public record SchedulePatch(
    @Schema(allowableValues = {"paused", "active"}) @Nullable String status,
    @Schema(maxLength = 500) @Nullable String reason,
    @Schema(minimum = "10", maximum = "2678400") @Nullable Integer cadenceSeconds,
    @Nullable String cron,
    @Nullable String timeZone,
    @Nullable Integer jitterSeconds,
    @Nullable WindowWish window,
    @Schema(allowableValues = {"once", "none", "all"}) @Nullable String catchUp,
    @Nullable Integer catchUpCap,
    @Schema(allowableValues = {"coalesce", "skip"}) @Nullable String overlap,
    @Nullable Boolean runOnChange,
    @Nullable Map<String, Object> payload) {
  private static final int LONGEST_REASON = 500;

  /**
   * @param reason null: none is given
   */
  public static SchedulePatch pausing(@Nullable String reason) {
    return new SchedulePatch(
        "paused", reason, null, null, null, null, null, null, null, null, null, null);
  }

  public static SchedulePatch resuming() {
    return new SchedulePatch(
        "active", null, null, null, null, null, null, null, null, null, null, null);
  }

  /**
   * When it is due: one of the first two.
   *
   * @param timeZone of the cron expression; null: the same as before
   */
  public static SchedulePatch timing(
      @Nullable Integer cadenceSeconds, @Nullable String cron, @Nullable String timeZone) {
    return new SchedulePatch(
        null, null, cadenceSeconds, cron, timeZone, null, null, null, null, null, null, null);
  }

  /**
   * @param from {@code HH:MM}
   * @param until {@code HH:MM}; earlier than {@code from}: on the next day
   * @param days {@code mon} to {@code sun}; all of them when absent
   */
  public record WindowWish(
      @Nullable String from, @Nullable String until, @Nullable List<String> days) {
    @Nullable Window window() {
      if (from == null && until == null && days == null) {
        return null;
      }
      if (from == null || until == null) {
        throw ApiProblem.invalid("A 'window' has 'from' and 'until', such as 08:00 and 18:00.");
      }
      return new Window(time(from), time(until), days == null ? Set.of() : daysOf(days));
    }

    private static LocalTime time(String text) {
      try {
        return LocalTime.parse(text).withSecond(0).withNano(0);
      } catch (DateTimeException unreadable) {
        throw ApiProblem.invalid("A 'window' has times such as 08:00 and 18:30.");
      }
    }

    private static Set<DayOfWeek> daysOf(List<String> names) {
      Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
      for (String name : names) {
        days.add(
            EnumSet.allOf(DayOfWeek.class).stream()
                .filter(day -> shortName(day).equals(name))
                .findFirst()
                .orElseThrow(() -> ApiProblem.invalid("The 'days' of a 'window' are mon to sun.")));
      }
      return days;
    }
  }

  static String shortName(DayOfWeek day) {
    return day.name().substring(0, 3).toLowerCase(Locale.ROOT);
  }

  /**
   * @throws ApiProblem naming what contradicts itself, or when there is nothing to change
   */
  public void check() {
    if (cadenceSeconds != null && cron != null) {
      throw ApiProblem.invalid("Send 'cadence_seconds' or 'cron', not both.");
    }
    if (status != null && !status.equals("paused") && !status.equals("active")) {
      throw ApiProblem.invalid("'status' is paused or active.");
    }
    if (reason != null && (!"paused".equals(status) || reason.length() > LONGEST_REASON)) {
      throw ApiProblem.invalid(
          "A 'reason' goes with the status paused and has at most "
              + LONGEST_REASON
              + " characters.");
    }
    if (status == null && !changesSettings()) {
      throw ApiProblem.invalid("There is nothing to change; send at least one field.");
    }
  }

  boolean changesSettings() {
    return cadenceSeconds != null
        || cron != null
        || timeZone != null
        || window != null
        || jitterSeconds != null
        || catchUp != null
        || catchUpCap != null
        || overlap != null
        || runOnChange != null
        || payload != null;
  }

  /**
   * The settings after the change.
   *
   * @throws ApiProblem naming what can't be understood
   */
  ScheduleSettings applyTo(ScheduleSettings old) {
    try {
      var settings =
          new ScheduleSettings(
              cron != null ? null : or(cadenceSeconds, old.cadenceSeconds()),
              cadenceSeconds != null ? null : or(cron, old.cron()),
              Objects.requireNonNullElse(timeZone, old.timeZone()),
              Objects.requireNonNullElse(jitterSeconds, old.jitterSeconds()),
              window == null ? old.window() : window.window(),
              catchUp == null ? old.catchUp() : word("catch_up", catchUp, CatchUp.values()),
              Objects.requireNonNullElse(catchUpCap, old.catchUpCap()),
              overlap == null ? old.overlap() : word("overlap", overlap, Overlap.values()),
              Objects.requireNonNullElse(runOnChange, old.runOnChange()),
              payload == null ? old.payload() : payload);
      if (timeZone != null) {
        // A cadence in seconds has no use for it yet; a window that comes later has.
        var unused = settings.zone();
      }
      return settings;
    } catch (IllegalArgumentException unusable) {
      throw ApiProblem.invalid(sentence(unusable));
    }
  }

  static String sentence(IllegalArgumentException unusable) {
    String text = Objects.requireNonNullElse(unusable.getMessage(), "It can't be understood");
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }

  private static <T> @Nullable T or(@Nullable T wish, @Nullable T old) {
    return wish == null ? old : wish;
  }

  private static <E extends Enum<E>> E word(String field, String text, E[] words) {
    for (E word : words) {
      if (word.name().toLowerCase(Locale.ROOT).equals(text)) {
        return word;
      }
    }
    throw ApiProblem.invalid(
        "'%s' is one of %s.".formatted(field, List.of(words).toString().toLowerCase(Locale.ROOT)));
  }
}
