package dev.threadmill.core.embedding;

import java.util.List;

/** Turns texts into vectors. Safe for use by many threads. */
public interface EmbeddingProvider {
  EmbeddingModel model();

  /**
   * One request to the provider: no retries, no splitting.
   *
   * @param texts not blank, within {@link EmbeddingLimits}
   * @return one vector per text, in the order of the texts, checked: count, width, only finite
   *     numbers, not all zero
   * @throws EmbeddingException which says what kind of failure it is
   */
  List<float[]> embed(List<String> texts) throws EmbeddingException;
}
