package dev.threadmill.core.embedding;

import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, in US dollars per million.
 *
 * @param configured for whatever model is used; null: the known prices count
 */
public record EmbeddingPrices(@Nullable BigDecimal configured) {
  private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

  /** The price of these tokens; zero for a model whose price nobody knows. */
  public BigDecimal of(EmbeddingModel model, long tokens) {
    return perMillion(model)
        .multiply(BigDecimal.valueOf(tokens))
        .divide(MILLION, 8, RoundingMode.HALF_UP);
  }

  /** OpenAI's list prices of May 2026. */
  private BigDecimal perMillion(EmbeddingModel model) {
    if (configured != null) {
      return configured;
    }
    return switch (model.baseName()) {
      case "text-embedding-3-small" -> new BigDecimal("0.02");
      case "text-embedding-3-large" -> new BigDecimal("0.13");
      case "text-embedding-ada-002" -> new BigDecimal("0.10");
      default -> BigDecimal.ZERO;
    };
  }
}
