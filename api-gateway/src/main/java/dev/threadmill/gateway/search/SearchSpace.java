package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.List;

/**
 * The vectors that answer a project's searches.
 *
 * @param unitLength whether all of them have the length one, so that the inner product tells the
 *     cosine
 * @param segments ranges of positions that have an HNSW index each; what lies behind them is
 *     compared exactly
 */
record SearchSpace(
    EmbeddingModel model, int modelId, int width, boolean unitLength, List<Segment> segments) {
  /**
   * @param from inclusive
   * @param to exclusive
   */
  record Segment(long from, long to) {}

  /** Whether each vector is compared. */
  boolean exact() {
    return segments.isEmpty();
  }

  long freshFrom() {
    return segments.isEmpty() ? 0 : segments.getLast().to();
  }
}
