package dev.threadmill.scheduler.campaign;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run did, and the first thing that kept it from doing more. */
final class CampaignCounts {
  /** What is counted; the names in a run's result. */
  enum Count {
    CAMPAIGNS,
    LOOKED_AT,
    ENROLLED,
    DRAFTED,
    SENT,
    WOULD_SEND,
    UNKNOWN,
    FOUND,
    NOT_FOUND,
    FAILED,
    POSTPONED,
    STOPPED,
    COMPLETED,
    SET_ASIDE
  }

  private final Map<Count, Integer> counts = new EnumMap<>(Count.class);
  private SendAnswer.@Nullable NotNow trouble;

  CampaignCounts() {
    for (Count count : Count.values()) {
      counts.put(count, 0);
    }
  }

  void add(Count count, int n) {
    counts.merge(count, n, Integer::sum);
  }

  void add(Count count) {
    add(count, 1);
  }

  int of(Count count) {
    return counts.getOrDefault(count, 0);
  }

  /** An account can't be written to; what asks for the longest patience is kept. */
  void trouble(SendAnswer.NotNow found) {
    if (trouble == null || (trouble.retryAfter() == null && found.retryAfter() != null)) {
      trouble = found;
    }
  }

  SendAnswer.@Nullable NotNow trouble() {
    return trouble;
  }

  /** Messages and members that something was done about. */
  long processed() {
    return (long) of(Count.ENROLLED)
        + of(Count.DRAFTED)
        + of(Count.SENT)
        + of(Count.WOULD_SEND)
        + of(Count.FOUND)
        + of(Count.NOT_FOUND)
        + of(Count.FAILED)
        + of(Count.STOPPED);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    counts.forEach((count, n) -> map.put(count.name().toLowerCase(Locale.ROOT), n));
    return map;
  }
}
