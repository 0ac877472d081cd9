package dev.threadmill.gateway.dashboard.scheduler;

import dev.threadmill.gateway.dashboard.Shown;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.scheduler.SchedulePatch;
import dev.threadmill.gateway.scheduler.ScheduleView;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** When a schedule is due, in words and out of a form. */
final class Timing {
  private static final BigDecimal SECONDS = BigDecimal.valueOf(60);
  private static final int LONGEST_NUMBER = 12;

  private Timing() {}

  static String of(ScheduleView schedule) {
    Integer seconds = schedule.cadenceSeconds();
    String base =
        seconds != null
            ? "every " + new Shown().seconds(seconds)
            : "at " + schedule.cron() + " (" + schedule.timeZone() + ")";
    ScheduleView.WindowView window = schedule.window();
    return window == null
        ? base
        : "%s, from %s to %s only".formatted(base, window.from(), window.until());
  }

  /** One of minutes and cron expression, as the form has them. */
  static SchedulePatch patch(String minutes, String cron, String zone) {
    if (minutes.isBlank() == cron.isBlank()) {
      throw ApiProblem.invalid("Fill in minutes or a cron expression, one of the two.");
    }
    return minutes.isBlank()
        ? SchedulePatch.timing(null, cron.strip(), orNull(zone))
        : SchedulePatch.timing(seconds(minutes.strip()), null, null);
  }

  private static int seconds(String minutes) {
    try {
      if (minutes.length() <= LONGEST_NUMBER) {
        return new BigDecimal(minutes).multiply(SECONDS).intValueExact();
      }
    } catch (ArithmeticException | NumberFormatException none) {
      // As below.
    }
    throw ApiProblem.invalid("Minutes are a number such as 15 or 0.5, in whole seconds.");
  }

  private static @Nullable String orNull(String text) {
    return text.isBlank() ? null : text.strip();
  }
}
