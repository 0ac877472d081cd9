package dev.threadmill.core.schedule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The hours in which a job may be due. One that ends before it begins goes over midnight and
 * belongs to the day on which it begins.
 *
 * @param from its first minute
 * @param until the first minute that does not belong to it
 * @param days the days on which it begins
 */
public record Window(LocalTime from, LocalTime until, Set<DayOfWeek> days) {
  private static final int DAYS_OF_A_WEEK = 7;

  public Window {
    days = days.isEmpty() ? EnumSet.allOf(DayOfWeek.class) : EnumSet.copyOf(days);
    if (from.equals(until)) {
      throw new IllegalArgumentException(
          "a window begins and ends at different times, not both at " + from);
    }
  }

  public boolean contains(Instant time, ZoneId zone) {
    return contains(LocalDateTime.ofInstant(time, zone));
  }

  boolean contains(LocalDateTime local) {
    return covers(local.toLocalDate(), local.toLocalTime())
        || coversFromTheDayBefore(local.toLocalDate().minusDays(1), local.toLocalTime());
  }

  private boolean covers(LocalDate day, LocalTime time) {
    return days.contains(day.getDayOfWeek())
        && !time.isBefore(from)
        && (overMidnight() || time.isBefore(until));
  }

  private boolean coversFromTheDayBefore(LocalDate day, LocalTime time) {
    return overMidnight() && days.contains(day.getDayOfWeek()) && time.isBefore(until);
  }

  private boolean overMidnight() {
    return until.isBefore(from);
  }

  /** The first beginning of a window that is after the given time. */
  Optional<Instant> nextBegin(Instant after, ZoneId zone) {
    LocalDate today = after.atZone(zone).toLocalDate();
    for (int ahead = 0; ahead <= DAYS_OF_A_WEEK; ahead++) {
      LocalDate day = today.plusDays(ahead);
      Instant begin = instant(day.atTime(from), zone);
      if (days.contains(day.getDayOfWeek()) && begin.isAfter(after)) {
        return Optional.of(begin);
      }
    }
    return Optional.empty();
  }

  /** The end of the window in which the given time is; the time itself where it is in none. */
  Instant end(Instant time, ZoneId zone) {
    LocalDateTime local = LocalDateTime.ofInstant(time, zone);
    LocalDate day = local.toLocalDate();
    if (covers(day, local.toLocalTime())) {
      return instant((overMidnight() ? day.plusDays(1) : day).atTime(until), zone);
    }
    return contains(local) ? instant(day.atTime(until), zone) : time;
  }

  /** What the clocks skip is the moment of the change. */
  private static Instant instant(LocalDateTime local, ZoneId zone) {
    ZoneOffsetTransition change = zone.getRules().getTransition(local);
    return change != null && change.isGap() ? change.getInstant() : local.atZone(zone).toInstant();
  }
}
