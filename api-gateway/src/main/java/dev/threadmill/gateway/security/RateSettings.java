package dev.threadmill.gateway.security;

import dev.threadmill.core.settings.Settings;

/**
 * How much one caller may ask of one gateway process.
 *
 * @param requestsPerSecond of one token, in the long run; 0: no limit
 * @param wrongTokensPerMinute of one address; 0: no limit
 */
record RateSettings(int requestsPerSecond, int wrongTokensPerMinute) {
  private static final int MOST = 1_000_000;

  /** Reads {@code RATE_LIMIT_PER_SECOND} and {@code RATE_LIMIT_WRONG_TOKENS_PER_MINUTE}. */
  static RateSettings of(Settings settings) {
    return new RateSettings(
        settings.integer("RATE_LIMIT_PER_SECOND", 1000, 0, MOST),
        settings.integer("RATE_LIMIT_WRONG_TOKENS_PER_MINUTE", 60, 0, MOST));
  }
}
