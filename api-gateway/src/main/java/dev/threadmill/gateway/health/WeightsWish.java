package dev.threadmill.gateway.health;

import dev.threadmill.core.health.HealthWeights;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much each factor is to count, 0 to 100. What is absent gets its default. {@code unanswered}
 * or {@code negative_signals} must be more than 0.
 */
record WeightsWish(
    @Schema(minimum = "0", maximum = "100") @Nullable Integer unanswered,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer responseLatency,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer negativeSignals,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer reopenRate,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer silence,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer csat) {
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
