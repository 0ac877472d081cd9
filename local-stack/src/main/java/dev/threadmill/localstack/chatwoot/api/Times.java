package dev.threadmill.localstack.chatwoot.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The three ways in which Chatwoot writes a time. */
final class Times {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private Times() {}

  /** Whole epoch seconds; 0 stands for none. */
  static long seconds(@Nullable Instant time) {
    return time == null ? 0 : time.getEpochSecond();
  }

  /** Epoch seconds with microseconds. */
  static BigDecimal precise(Instant time) {
    return BigDecimal.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, time), 6);
  }

  /** ISO 8601 with milliseconds, or null. */
  static @Nullable String iso(@Nullable Instant time) {
    return time == null ? null : ISO.format(time);
  }
}
