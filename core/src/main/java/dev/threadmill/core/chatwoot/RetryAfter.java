package dev.threadmill.core.chatwoot;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a server wants to be left alone, by the headers of its answer. */
public final class RetryAfter {
  private static final long MINUTE = 60;

  /** A date far ahead, such as a wrong clock makes, must not silence an account for ever. */
  private static final Duration LONGEST = Duration.ofHours(28);

  private RetryAfter() {}

  /**
   * The header {@code Retry-After}, in seconds or as a date by the server's clock; 28 hours at
   * most. Empty where it is missing, unreadable or in the past.
   *
   * @param now the time where the answer tells none
   */
  public static Optional<Duration> said(HttpHeaders headers, Instant now) {
    Optional<String> value = headers.firstValue("retry-after").map(String::trim);
    if (value.isPresent() && value.get().matches("\\d{1,5}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(value.get())));
    }
    return value
        .flatMap(RetryAfter::httpDate)
        .map(until -> Duration.between(date(headers).orElse(now), until))
        .filter(wait -> !wait.isNegative())
        .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  /** Of a 429: what it says, else to the end of its minute, for that is how Chatwoot counts. */
  public static Duration ofThrottle(HttpHeaders headers, Instant now) {
    return said(headers, now)
        .orElseGet(
            () -> Duration.ofSeconds(MINUTE - date(headers).orElse(now).getEpochSecond() % MINUTE));
  }

  /** The server's clock, in whole seconds. */
  public static Optional<Instant> date(HttpHeaders headers) {
    return headers.firstValue("date").flatMap(RetryAfter::httpDate);
  }

  private static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }
}
