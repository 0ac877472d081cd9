package dev.threadmill.core.campaign;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of each day in which nothing is sent.
 *
 * @param from its first minute, {@code HH:MM}
 * @param until the first minute after it; earlier than {@code from}: on the next day
 * @param zone whose clock: {@code project}, the default, or {@code contact}, whose attribute {@code
 *     timezone} or {@code time_zone} says it, and for those without one the project's
 */
public record QuietHours(String from, String until, String zone) {
  private static final String PROJECT = "project";
  private static final String CONTACT = "contact";

  public QuietHours {
    // What is absent in JSON arrives here as null.
    zone = Objects.requireNonNullElse(zone, PROJECT);
  }

  void check() {
    LocalTime begin = time(from);
    LocalTime end = time(until);
    if (begin == null || end == null || begin.equals(end)) {
      throw new IllegalArgumentException(
          "'rules.quiet_hours' has 'from' and 'until', two times such as 20:00 and 08:30");
    }
    if (!Set.of(PROJECT, CONTACT).contains(zone)) {
      throw new IllegalArgumentException("'rules.quiet_hours.zone' is project or contact");
    }
  }

  private static @Nullable LocalTime time(@Nullable String text) {
    try {
      return text == null ? null : LocalTime.parse(text).withSecond(0).withNano(0);
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  /** Whether the contact's clock counts, not the project's. */
  public boolean byContact() {
    return zone.equals(CONTACT);
  }

  /** When they are over; null when it is not quiet at that time. */
  public @Nullable Instant end(Instant now, ZoneId place) {
    LocalTime begin = Objects.requireNonNull(time(from));
    LocalTime over = Objects.requireNonNull(time(until));
    ZonedDateTime local = now.atZone(place);
    // Begun yesterday, or today.
    for (LocalDate day : new LocalDate[] {local.toLocalDate().minusDays(1), local.toLocalDate()}) {
      Instant first = day.atTime(begin).atZone(place).toInstant();
      LocalDate lastDay = over.isAfter(begin) ? day : day.plusDays(1);
      // Where the clock goes back, an hour comes twice: quiet until it is over for the last time.
      Instant last = lastDay.atTime(over).atZone(place).withLaterOffsetAtOverlap().toInstant();
      if (!now.isBefore(first) && now.isBefore(last)) {
        return last;
      }
    }
    return null;
  }
}
