package dev.threadmill.gateway.dashboard.search;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.search.SearchWish;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What the form of the search page sends; what is blank does not count.
 *
 * @param from the first day
 * @param to the last day
 * @param zone in which days begin, as the viewer's browser names it; none, or one that nobody
 *     knows: UTC
 */
record SearchForm(
    @Nullable String q,
    @Nullable String status,
    @Nullable String label,
    @Nullable String channel,
    @Nullable String sender,
    @Nullable String from,
    @Nullable String to,
    @Nullable String zone) {
  private static final int HITS = 20;
  private static final LocalDate EARLIEST = LocalDate.of(1970, 1, 1);
  private static final LocalDate LATEST = LocalDate.of(9999, 12, 31);

  boolean asked() {
    return q != null && !q.isBlank();
  }

  boolean filtered() {
    return orNull(status) != null
        || orNull(label) != null
        || orNull(channel) != null
        || orNull(sender) != null
        || orNull(from) != null
        || orNull(to) != null;
  }

  SearchWish wish() {
    LocalDate last = day("to", to);
    return new SearchWish(
        q,
        HITS,
        orNull(status),
        null,
        orNull(label),
        orNull(channel),
        orNull(sender),
        null,
        null,
        begin(day("from", from)),
        // Nothing was said after the last day of all.
        begin(last == null || last.equals(LATEST) ? null : last.plusDays(1)),
        null);
  }

  /** Where the days begin that the answer is about. */
  ZoneId days() {
    try {
      return zone == null ? ZoneOffset.UTC : ZoneId.of(zone);
    } catch (DateTimeException unknown) {
      // Browsers may know zones that this Java does not; the page says which one counted.
      return ZoneOffset.UTC;
    }
  }

  /** As the page names it. */
  String daysOf() {
    return days().equals(ZoneOffset.UTC) ? "UTC" : days().getId();
  }

  private @Nullable Instant begin(@Nullable LocalDate day) {
    return day == null ? null : day.atStartOfDay(days()).toInstant();
  }

  private static @Nullable LocalDate day(String name, @Nullable String text) {
    String wanted = orNull(text);
    if (wanted == null) {
      return null;
    }
    try {
      LocalDate day = LocalDate.parse(wanted);
      if (!day.isBefore(EARLIEST) && !day.isAfter(LATEST)) {
        return day;
      }
    } catch (DateTimeException none) {
      // As below.
    }
    throw ApiProblem.invalid(
        "'" + name + "' is a day such as 2026-11-24, between the years 1970 and 9999.");
  }

  private static @Nullable String orNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
