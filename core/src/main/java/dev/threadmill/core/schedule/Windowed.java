package dev.threadmill.core.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** The points of a grid that lie in a window; the grid itself is the same as without it. */
public record Windowed(Cadence grid, Window window, ZoneId zone) implements Cadence {
  /** A point within five years, or the two never meet: a day at a time, and some to spare. */
  private static final int MAX_WINDOWS = 2_000;

  @Override
  public Optional<Instant> next(Instant point, Instant after) {
    Optional<Instant> candidate = grid.next(point, after);
    for (int tried = 0; tried < MAX_WINDOWS && candidate.isPresent(); tried++) {
      Instant found = candidate.get();
      if (contains(found)) {
        return candidate;
      }
      // Not point by point: between two windows lie thousands of points of a short cadence.
      candidate =
          window.nextBegin(found, zone).flatMap(begin -> grid.next(point, begin.minusNanos(1)));
    }
    return Optional.empty();
  }

  private boolean contains(Instant time) {
    return window.contains(time, zone)
        || (grid instanceof Cron cron && cron.makesUpFor(time, window::contains));
  }
}
