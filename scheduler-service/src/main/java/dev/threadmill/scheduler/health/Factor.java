package dev.threadmill.scheduler.health;

import dev.threadmill.core.health.HealthWeights;
import java.util.Locale;

/** What a score is made of. */
enum Factor {
  UNANSWERED("hours"),
  RESPONSE_LATENCY("hours"),
  NEGATIVE_SIGNALS("strength"),
  REOPEN_RATE("share"),
  SILENCE("times the usual pause"),
  CSAT("of 5");

  private final String unit;

  Factor(String unit) {
    this.unit = unit;
  }

  /** Of the raw value. */
  String unit() {
    return unit;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  int weight(HealthWeights weights) {
    return switch (this) {
      case UNANSWERED -> weights.unanswered();
      case RESPONSE_LATENCY -> weights.responseLatency();
      case NEGATIVE_SIGNALS -> weights.negativeSignals();
      case REOPEN_RATE -> weights.reopenRate();
      case SILENCE -> weights.silence();
      case CSAT -> weights.csat();
    };
  }

  /**
   * How it stands with a factor at some time.
   *
   * @param raw as people would say it, in its unit
   * @param risk 0 (fine) to 1
   * @param presence 0 to 1, by which its weight is multiplied: what it rests on gets old
   */
  record Reading(Factor factor, double raw, double risk, double presence) {}
}
