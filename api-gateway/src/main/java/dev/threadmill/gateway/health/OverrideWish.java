package dev.threadmill.gateway.health;

import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What a person says of a contact.
 *
 * @param score 0 to 100
 * @param reason 1 to 500 characters; shown to all who look
 * @param expiresAt until when it holds, at most a year from now; ISO 8601 with an offset
 */
public record OverrideWish(
    @Schema(requiredMode = RequiredMode.REQUIRED, minimum = "0", maximum = "100")
        @Nullable Integer score,
    @Schema(requiredMode = RequiredMode.REQUIRED, minLength = 1, maxLength = 500)
        @Nullable String reason,
    @Schema(requiredMode = RequiredMode.REQUIRED, format = "date-time")
        @Nullable String expiresAt) {
  private static final int LONGEST_REASON = 500;
  private static final Duration LONGEST = Duration.ofDays(366);

  int checkedScore() {
    if (score == null || score < 0 || score > 100) {
      throw ApiProblem.invalid("'score' must be given, 0 to 100.");
    }
    return score;
  }

  String checkedReason() {
    String text = reason == null ? "" : reason.strip();
    if (text.isEmpty() || text.length() > LONGEST_REASON || text.indexOf('\0') >= 0) {
      throw ApiProblem.invalid(
          "'reason' must be given and have at most %d characters, none of them U+0000."
              .formatted(LONGEST_REASON));
    }
    return text;
  }

  Instant checkedExpiry(Instant now) {
    try {
      Instant end = expiresAt == null ? now : OffsetDateTime.parse(expiresAt).toInstant();
      if (end.isAfter(now) && !end.isAfter(now.plus(LONGEST))) {
        return end;
      }
    } catch (DateTimeException unreadable) {
      // As below.
    }
    throw ApiProblem.invalid(
        "'expires_at' must be given: a time to come such as 2027-01-31T10:00:00Z, with its offset, a year from now"
            + " at the latest.");
  }
}
