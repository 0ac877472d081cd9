package dev.threadmill.scheduler.signals;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a signal rests on besides the evidence at hand: only sums of it, for it may be any number of
 * messages.
 *
 * @param occurrences messages that say so still
 * @param firstSeenAt null where there are none
 * @param lastSeenAt null where there are none
 * @param confidence of the surest
 * @param severity of the gravest
 * @param basis of the surest, as a signal tells it
 */
record Rest(
    int occurrences,
    @Nullable Instant firstSeenAt,
    @Nullable Instant lastSeenAt,
    double confidence,
    int severity,
    Map<String, Object> basis) {
  static final Rest NONE = new Rest(0, null, null, 0, 1, Map.of());

  /** Both together, which have no message in common. */
  Rest and(Rest other) {
    if (occurrences == 0) {
      return other;
    }
    if (other.occurrences == 0) {
      return this;
    }
    boolean surer = confidence >= other.confidence;
    return new Rest(
        occurrences + other.occurrences,
        earlier(firstSeenAt, other.firstSeenAt),
        earlier(lastSeenAt, other.lastSeenAt) == lastSeenAt ? other.lastSeenAt : lastSeenAt,
        surer ? confidence : other.confidence,
        Math.max(severity, other.severity),
        surer ? basis : other.basis);
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  /** The basis of a signal with so many messages in all. */
  Map<String, Object> basis(int messages) {
    Map<String, Object> told = new HashMap<>(basis);
    told.put("messages", messages);
    return told;
  }
}
