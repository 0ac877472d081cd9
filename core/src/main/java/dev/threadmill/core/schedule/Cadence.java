package dev.threadmill.core.schedule;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** When a job is due: the points of a grid that does not move, however long a run takes. */
public sealed interface Cadence permits Every, Cron, Windowed {
  /**
   * The first point of the grid that is after the given time and not before the given point.
   *
   * @param point a point of the grid
   * @return empty when there is none any more
   */
  Optional<Instant> next(Instant point, Instant after);

  /**
   * The cadence as a schedule's row has it: seconds, or a cron expression with its time zone.
   *
   * @throws IllegalArgumentException with a sentence for the user when the row can't be understood
   */
  static Cadence of(@Nullable Integer seconds, @Nullable String cron, String timeZone) {
    if (seconds != null) {
      return new Every(seconds);
    }
    if (cron != null) {
      return Cron.parse(cron, timeZone);
    }
    throw new IllegalArgumentException(
        "a schedule needs a cadence in seconds or a cron expression");
  }
}
