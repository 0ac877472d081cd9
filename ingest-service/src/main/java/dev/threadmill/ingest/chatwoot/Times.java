package dev.threadmill.ingest.chatwoot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Chatwoot's three forms of a time: whole epoch seconds, epoch seconds with a fraction, ISO. */
final class Times {
  private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);

  private Times() {}

  /** Null for what is absent, null, 0 or no time. Whole microseconds, as PostgreSQL keeps them. */
  static @Nullable Instant of(JsonNode node) {
    if (node.isNumber()) {
      return ofEpoch(node.decimalValue());
    }
    if (node.isString()) {
      try {
        return OffsetDateTime.parse(node.stringValue()).toInstant();
      } catch (DateTimeParseException noTime) {
        return null;
      }
    }
    return null;
  }

  private static @Nullable Instant ofEpoch(BigDecimal seconds) {
    // Years 1970 to 9999; anything else is no time.
    if (seconds.signum() <= 0 || seconds.compareTo(BigDecimal.valueOf(253_402_300_799L)) > 0) {
      return null;
    }
    long micros = seconds.multiply(MICROS).setScale(0, RoundingMode.HALF_UP).longValueExact();
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
  }
}
