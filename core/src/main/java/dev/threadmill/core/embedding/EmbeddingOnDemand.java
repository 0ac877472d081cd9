package dev.threadmill.core.embedding;

import java.util.Optional;

/**
 * For a service that embeds now and then, and works without: a provider is made when it is asked
 * for, and there is none where nothing is configured.
 */
public interface EmbeddingOnDemand {
  /** Empty when nothing that is configured can embed with this model. */
  Optional<EmbeddingProvider> of(EmbeddingModel model);
}
