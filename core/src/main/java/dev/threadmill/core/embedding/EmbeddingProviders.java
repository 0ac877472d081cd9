package dev.threadmill.core.embedding;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The configured provider, and the same account's other models: those whose vectors are still
 * searched after the configured one was changed.
 */
public final class EmbeddingProviders {
  private final EmbeddingProvider configured;
  private final Function<EmbeddingModel, Optional<EmbeddingProvider>> maker;
  private final Map<EmbeddingModel, Optional<EmbeddingProvider>> others = new ConcurrentHashMap<>();

  EmbeddingProviders(
      EmbeddingProvider configured, Function<EmbeddingModel, Optional<EmbeddingProvider>> maker) {
    this.configured = configured;
    this.maker = maker;
  }

  public EmbeddingProvider configured() {
    return configured;
  }

  /** Empty when nothing that is configured can embed with this model. */
  public Optional<EmbeddingProvider> of(EmbeddingModel model) {
    return model.equals(configured.model())
        ? Optional.of(configured)
        : others.computeIfAbsent(model, maker);
  }
}
