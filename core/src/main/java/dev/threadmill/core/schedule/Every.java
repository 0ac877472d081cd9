package dev.threadmill.core.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Each so many seconds, in real time: changes of the clocks in spring and autumn do not matter.
 *
 * @param seconds 10 to 2,678,400 (31 days)
 */
public record Every(int seconds) implements Cadence {
  private static final int MIN = 10;
  private static final int MAX = 31 * 86_400;

  public Every {
    if (seconds < MIN || seconds > MAX) {
      throw new IllegalArgumentException(
          "a cadence has from %d to %d seconds, not %d".formatted(MIN, MAX, seconds));
    }
  }

  @Override
  public Optional<Instant> next(Instant point, Instant after) {
    if (point.isAfter(after)) {
      return Optional.of(point);
    }
    long passed = Duration.between(point, after).dividedBy(Duration.ofSeconds(seconds));
    return Optional.of(point.plusSeconds((passed + 1) * seconds));
  }
}
