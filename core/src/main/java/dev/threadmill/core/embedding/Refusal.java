package dev.threadmill.core.embedding;

import java.util.Locale;

/**
 * Why nothing will be embedded until somebody solves it. The words are stable: schedules, runs and
 * runbooks know them ({@code ErrorVerdict} says that they need a person).
 */
public enum Refusal {
  INVALID_API_KEY,
  PAYMENT_REQUIRED,
  FORBIDDEN,
  MODEL_NOT_FOUND,
  /** Not asked at all: the provider configured here does not have the model. */
  MODEL_NOT_CONFIGURED,
  INSUFFICIENT_QUOTA,
  /** Even a harmless one. */
  EVERY_TEXT_REFUSED,
  /** Vectors of another width than those that are stored under the model's name. */
  OTHER_WIDTH,
  /** Vectors with more numbers than can be searched. */
  TOO_WIDE;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
