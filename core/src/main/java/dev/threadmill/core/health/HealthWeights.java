package dev.threadmill.core.health;

/**
 * How much each factor of a health score counts, beside the others: 0 to 100, 0 for not at all.
 * docs/health.md says what the factors are.
 */
public record HealthWeights(
    int unanswered,
    int responseLatency,
    int negativeSignals,
    int reopenRate,
    int silence,
    int csat) {
  /** Of a project that has set none. */
  public static final HealthWeights DEFAULT = new HealthWeights(25, 20, 25, 10, 10, 10);

  public static final int MOST = 100;

  public HealthWeights {
    for (int weight :
        new int[] {unanswered, responseLatency, negativeSignals, reopenRate, silence, csat}) {
      if (weight < 0 || weight > MOST) {
        throw new IllegalArgumentException("a weight is 0 to " + MOST + ", not " + weight);
      }
    }
    if (unanswered + negativeSignals == 0) {
      throw new IllegalArgumentException(
          "unanswered or negative_signals, which every contact has, must be more than 0");
    }
  }
}
