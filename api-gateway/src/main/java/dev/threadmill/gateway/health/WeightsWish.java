package dev.threadmill.gateway.health;

import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much each factor is to count, 0 to 100. What is absent gets its default. {@code unanswered}
 * or {@code negative_signals} must be more than 0.
 */
record WeightsWish(
    @Nullable Integer unanswered,
    @Nullable Integer responseLatency,
    @Nullable Integer negativeSignals,
    @Nullable Integer reopenRate,
    @Nullable Integer silence,
    @Nullable Integer csat) {
  HealthWeights weights() {
    HealthWeights otherwise = HealthWeights.DEFAULT;
    try {
      return new HealthWeights(
          Objects.requireNonNullElse(unanswered, otherwise.unanswered()),
          Objects.requireNonNullElse(responseLatency, otherwise.responseLatency()),
          Objects.requireNonNullElse(negativeSignals, otherwise.negativeSignals()),
          Objects.requireNonNullElse(reopenRate, otherwise.reopenRate()),
          Objects.requireNonNullElse(silence, otherwise.silence()),
          Objects.requireNonNullElse(csat, otherwise.csat()));
    } catch (IllegalArgumentException unusable) {
      throw ApiProblem.invalid("Of the weights: " + unusable.getMessage() + ".");
    }
  }
}
