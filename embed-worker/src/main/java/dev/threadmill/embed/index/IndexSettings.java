package dev.threadmill.embed.index;

/**
 * When and how indexes are built.
 *
 * @param minVectors so many of a project are compared exactly before an index is built, or {@link
 *     #BY_WIDTH}
 * @param memoryMegabytes of PostgreSQL, for one build
 */
record IndexSettings(int minVectors, int memoryMegabytes) {
  static final int BY_WIDTH = 0;

  /** Neighbours and bookkeeping of a vector in a graph with m = 24. */
  private static final int GRAPH_BYTES = 1000;

  /**
   * So many numbers in half precision PostgreSQL compares in some 90 ms of processor time: 208,000
   * vectors of 384 or 52,000 of 1536. An index is hardly quicker there, misses some, and has to be
   * built (ADR 34).
   */
  private static final long NUMBERS_COMPARED = 80_000_000;

  /** Behind an index, whose walk takes its own time. */
  private static final int MOST_FRESH = 10_000;

  /** So many vectors of a project need no index. */
  long exactUpTo(int width) {
    return minVectors == BY_WIDTH ? Math.max(MOST_FRESH, NUMBERS_COMPARED / width) : minVectors;
  }

  /** So many vectors behind the last segment, or more in a large project, are worth one more. */
  int mostFresh() {
    return minVectors == BY_WIDTH ? MOST_FRESH : Math.min(minVectors, MOST_FRESH);
  }

  /** How many vectors a build holds in its memory; with more it is far slower. */
  long vectorsInMemory(int width) {
    return memoryMegabytes * 1_048_576L / (2L * width + GRAPH_BYTES);
  }
}
