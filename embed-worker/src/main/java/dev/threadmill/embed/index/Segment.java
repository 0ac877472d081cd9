package dev.threadmill.embed.index;

import java.util.UUID;

/**
 * A range of positions of one project's vectors of one model, with an HNSW index of its own.
 *
 * @param from inclusive
 * @param to exclusive
 * @param vectors how many there were when it was planned
 */
record Segment(long id, UUID projectId, int modelId, long from, long to, long vectors) {
  String indexName() {
    return "rag_vectors_hnsw_" + id;
  }
}
