package dev.threadmill.scheduler.health;

import java.util.Map;

/**
 * A signal that speaks against a contact's health.
 *
 * @param accepted by a person or by its confidence; else it is proposed only
 * @param lastSeenAt in seconds since 1970
 */
record Trouble(String signalId, String type, int severity, boolean accepted, long lastSeenAt) {
  /**
   * The types that count, and how much. Silence has a factor of its own, so communication_gap is
   * not among them.
   */
  static final Map<String, Double> TYPES =
      Map.of(
          "churn_risk", 1.5,
          "complaint", 1.0,
          "refund_request", 1.0,
          "delivery_risk", 1.0,
          "bug_report", 0.7,
          "commercial_pressure", 0.7,
          "urgency", 0.5);

  private static final double OF_A_PROPOSED_ONE = 0.4;

  /** Before it fades. */
  double strength() {
    return TYPES.getOrDefault(type, 0.0) * severity / 5 * (accepted ? 1 : OF_A_PROPOSED_ONE);
  }
}
