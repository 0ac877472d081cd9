package dev.threadmill.gateway.conversations;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which messages, and in which order; null lets everything pass.
 *
 * @param from written at this time or later
 * @param to written before this time
 * @param saidOnly only what contacts and the team said to each other
 */
record MessageFilter(
    @Nullable String type,
    @Nullable Instant from,
    @Nullable Instant to,
    boolean oldestFirst,
    boolean saidOnly) {
  /** A conversation as its contact has seen it. */
  static final MessageFilter SAID = new MessageFilter(null, null, null, true, true);
}
