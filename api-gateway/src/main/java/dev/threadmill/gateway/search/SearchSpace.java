package dev.threadmill.gateway.search;

import dev.threadmill.core.embedding.EmbeddingModel;
import java.util.List;

/**
 * The vectors that answer a project's searches.
 *
 * @param segments ranges of positions that have an HNSW index each; what lies behind them is
 *     compared exactly
 */
record SearchSpace(EmbeddingModel model, int modelId, int width, List<Segment> segments) {
  /**
   * @param from inclusive
   * @param to exclusive
   */
  record Segment(long from, long to) {}

  long freshFrom() {
    return segments.isEmpty() ? 0 : segments.getLast().to();
  }
}
