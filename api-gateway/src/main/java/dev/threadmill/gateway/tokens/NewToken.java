package dev.threadmill.gateway.tokens;

import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Scope;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token that is asked for, as it is sent.
 *
 * @param name 1 to 100 characters; what the run history and the audit log show
 * @param scope {@code read}, {@code run} or {@code admin}
 * @param projectId the one project it speaks for; null: that of the caller's token, or all
 * @param expiresAt ISO 8601 with an offset; null: never
 */
public record NewToken(
    @Schema(requiredMode = RequiredMode.REQUIRED, minLength = 1, maxLength = 100)
        @Nullable String name,
    @Schema(
            requiredMode = RequiredMode.REQUIRED,
            allowableValues = {"read", "run", "admin"})
        @Nullable String scope,
    @Nullable UUID projectId,
    @Schema(format = "date-time") @Nullable String expiresAt) {
  private static final int MAX_NAME = 100;
  private static final int RANDOM_BYTES = 32;
  private static final int PREFIX = 9;

  /** What its holder keeps. */
  record Secret(String text) {
    /** 256 random bits, and three letters that scanners for leaked secrets can look for. */
    static Secret random(SecureRandom random) {
      byte[] bytes = new byte[RANDOM_BYTES];
      random.nextBytes(bytes);
      return new Secret("tm_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    String prefix() {
      return text.substring(0, PREFIX);
    }

    @Override
    public String toString() {
      return prefix() + "…";
    }
  }

  String checkedName() {
    if (name == null || name.isBlank() || name.length() > MAX_NAME) {
      throw ApiProblem.invalid("'name' must have 1 to " + MAX_NAME + " characters.");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw ApiProblem.invalid("'name' must not hold control characters.");
    }
    return name.strip();
  }

  Scope checkedScope() {
    return Arrays.stream(Scope.values())
        .filter(known -> known.wireName().equals(scope))
        .findFirst()
        .orElseThrow(() -> ApiProblem.invalid("'scope' must be read, run or admin."));
  }

  /** Null: it never expires. */
  @Nullable Instant checkedExpiry(Instant now) {
    if (expiresAt == null) {
      return null;
    }
    Instant time;
    try {
      time = OffsetDateTime.parse(expiresAt).toInstant();
    } catch (DateTimeException unreadable) {
      throw ApiProblem.invalid(
          "'expires_at' is a time such as 2026-11-24T10:00:00Z, with its offset.");
    }
    if (!time.isAfter(now)) {
      throw ApiProblem.invalid("'expires_at' is over already.");
    }
    return time;
  }
}
