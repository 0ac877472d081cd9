package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.problem.ApiProblem;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The days that are asked for, both included. */
record Days(LocalDate from, LocalDate to) {
  private static final int MOST = 366;
  private static final int BY_DEFAULT = 30;
  private static final LocalDate EARLIEST = LocalDate.EPOCH;
  private static final LocalDate LATEST = LocalDate.of(9999, 12, 31);

  /**
   * @param today where the project is
   */
  static Days of(@Nullable String from, @Nullable String to, LocalDate today) {
    LocalDate last = to == null ? today : day("to", to);
    LocalDate first = from == null ? last.minusDays(BY_DEFAULT - 1) : day("from", from);
    long days = ChronoUnit.DAYS.between(first, last) + 1;
    if (days < 1 || days > MOST) {
      throw ApiProblem.invalid(
          "'from' must not be after 'to', and they have at most %d days between them."
              .formatted(MOST));
    }
    return new Days(first, last);
  }

  private static LocalDate day(String name, String text) {
    try {
      LocalDate day = LocalDate.parse(text);
      if (!day.isBefore(EARLIEST) && !day.isAfter(LATEST)) {
        return day;
      }
    } catch (DateTimeException unreadable) {
      // As below.
    }
    throw ApiProblem.invalid(
        "'%s' is a day such as 2026-11-24, between the years 1970 and 9999.".formatted(name));
  }
}
