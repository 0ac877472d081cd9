package dev.threadmill.scheduler.tick;

import dev.threadmill.core.schedule.Cadence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The points of a grid from one that is due up to now.
 *
 * @param first the point that is due
 */
record MissedPoints(Cadence cadence, Instant first, Instant now) {
  /** More are not worth the time of a tick, which may find thousands of such schedules. */
  private static final int COUNTED = 100;

  private static final Duration FIRST_LOOK_BACK = Duration.ofMinutes(1);

  /** A sentence when there are several; null when there is one. */
  @Nullable String inWords() {
    int count = since(first.minusNanos(1), COUNTED + 1).size();
    if (count <= 1) {
      return null;
    }
    return "stands for %s%d due times from %s on"
        .formatted(count > COUNTED ? "more than " : "", Math.min(count, COUNTED), first);
  }

  /**
   * The newest points, oldest first, at most {@code cap} and at least one.
   *
   * <p>Looks back further and further: after a long outage of a short cadence the points that the
   * cap leaves out are too many to go through.
   */
  List<Instant> newest(int cap) {
    Duration back = FIRST_LOOK_BACK;
    while (true) {
      Instant from = now.minus(back);
      boolean all = !from.isAfter(first);
      List<Instant> points = since(all ? first.minusNanos(1) : from, Integer.MAX_VALUE);
      if (all || points.size() >= cap) {
        return points.subList(Math.max(0, points.size() - cap), points.size());
      }
      back = back.multipliedBy(2);
    }
  }

  /** A sentence when the newest are not all; null when they are. */
  @Nullable String leftOutBefore(List<Instant> newest) {
    Instant oldest = cadence.next(first, first.minusNanos(1)).orElse(first);
    return oldest.isBefore(newest.getFirst())
        ? "the newest %d of more; older ones are left out (catch_up_cap)".formatted(newest.size())
        : null;
  }

  /** The point that is due alone, as where ticks are rarer than the points and none was missed. */
  MissedPoints firstOnly() {
    return new MissedPoints(cadence, first, first);
  }

  private List<Instant> since(Instant after, int most) {
    List<Instant> points = new ArrayList<>();
    Optional<Instant> point = cadence.next(first, after);
    while (point.isPresent() && !point.get().isAfter(now) && points.size() < most) {
      points.add(point.get());
      point = cadence.next(first, point.get());
    }
    return points;
  }
}
