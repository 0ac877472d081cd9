package dev.threadmill.scheduler.campaign;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a server that answers 429 wants to be left alone. */
final class RetryAfter {
  private static final long MINUTE = 60;

  private RetryAfter() {}

  /** What it says; else to the end of its minute, for that is how Chatwoot counts. */
  static Duration of(HttpHeaders headers, Instant now) {
    Instant there = date(headers, "date").orElse(now);
    String value = headers.firstValue("retry-after").map(String::trim).orElse("");
    if (value.matches("\\d{1,5}")) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    return date(headers, "retry-after")
        .map(until -> Duration.between(there, until))
        .filter(wait -> !wait.isNegative())
        .orElseGet(() -> Duration.ofSeconds(MINUTE - there.getEpochSecond() % MINUTE));
  }

  private static Optional<Instant> date(HttpHeaders headers, String name) {
    try {
      return headers
          .firstValue(name)
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }
}
