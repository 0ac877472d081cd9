package dev.threadmill.core.schedule;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What people set of a schedule. The constructor checks the bounds of each; {@link #cadence} says
 * whether it can be understood as a whole.
 *
 * @param cadenceSeconds 10 to 2,678,400; null when {@code cron} tells the times
 * @param jitterSeconds 0 to 3600, and less than the cadence: each run begins up to so much later
 *     than its grid point, but before the next one and within the window
 * @param window null: at any hour
 * @param catchUpCap 1 to 1000: how many missed times {@link CatchUp#ALL} runs at the most
 * @param runOnChange whether a run that changed something starts this job at once
 * @param payload settings of the job's own
 */
public record ScheduleSettings(
    @Nullable Integer cadenceSeconds,
    @Nullable String cron,
    String timeZone,
    int jitterSeconds,
    @Nullable Window window,
    CatchUp catchUp,
    int catchUpCap,
    Overlap overlap,
    boolean runOnChange,
    Map<String, Object> payload) {
  private static final int MAX_JITTER = 3600;
  private static final int MAX_CAP = 1000;

  public ScheduleSettings {
    payload = Map.copyOf(payload);
    if (jitterSeconds < 0 || jitterSeconds > MAX_JITTER) {
      throw new IllegalArgumentException("a jitter has from 0 to 3600 seconds");
    }
    if (cadenceSeconds != null && jitterSeconds >= cadenceSeconds) {
      throw new IllegalArgumentException("a jitter is shorter than its cadence");
    }
    if (catchUpCap < 1 || catchUpCap > MAX_CAP) {
      throw new IllegalArgumentException("the cap of a catch-up is from 1 to 1000 runs");
    }
  }

  /**
   * The times at which the job is due.
   *
   * @throws IllegalArgumentException with a sentence for the user when they can't be understood
   */
  public Cadence cadence() {
    Cadence grid = Cadence.of(cadenceSeconds, cron, timeZone);
    return window == null ? grid : new Windowed(grid, window, zone());
  }

  /**
   * The zone of the cron expression and of the window.
   *
   * @throws IllegalArgumentException when there is no such zone
   */
  public ZoneId zone() {
    try {
      return ZoneId.of(timeZone);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException("there is no time zone '" + timeZone + "'", unknown);
    }
  }

  /** Whether both have the same grid, whatever their windows leave of it. */
  public boolean hasGridOf(ScheduleSettings other) {
    return Objects.equals(cadenceSeconds, other.cadenceSeconds)
        && Objects.equals(cron, other.cron)
        // Seconds are counted in real time, in whatever zone.
        && (cron == null || timeZone.equals(other.timeZone));
  }

  /** A grid point, and how much later its run begins. */
  public record Due(Instant point, Duration jitter) {
    public Instant at() {
      return point.plus(jitter);
    }
  }

  /**
   * Draws the jitter of a point, which reaches neither the next point, that would be lost, nor the
   * end of the window.
   *
   * @throws IllegalArgumentException when the times can't be understood
   */
  public Due due(Instant point) {
    if (jitterSeconds == 0) {
      return new Due(point, Duration.ZERO);
    }
    Instant most = point.plusSeconds(jitterSeconds);
    Instant next = Cadence.of(cadenceSeconds, cron, timeZone).next(point, point).orElse(most);
    Instant end = window == null ? most : window.end(point, zone());
    long room = Duration.between(point, Collections.min(List.of(most, next, end))).toMillis();
    return new Due(
        point,
        room > 0 ? Duration.ofMillis(ThreadLocalRandom.current().nextLong(room)) : Duration.ZERO);
  }
}
