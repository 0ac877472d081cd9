package dev.threadmill.embed.index;

/**
 * When and how indexes are built.
 *
 * @param minVectors so many of a project are compared exactly before an index is built
 * @param memoryMegabytes of PostgreSQL, for one build
 */
record IndexSettings(int minVectors, int memoryMegabytes) {
  /** Neighbours and bookkeeping of a vector in a graph with m = 24. */
  private static final int GRAPH_BYTES = 1000;

  /** How many vectors a build holds in its memory; with more it is far slower. */
  long vectorsInMemory(int width) {
    return memoryMegabytes * 1_048_576L / (2L * width + GRAPH_BYTES);
  }
}
