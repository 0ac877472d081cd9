package dev.threadmill.embed.index;

import java.util.List;
import java.util.UUID;

/**
 * Vectors that no index holds yet.
 *
 * @param sealed what has an index, in order of position
 * @param from the first position that belongs to no segment
 * @param to behind the last position that was written
 */
record FreshPart(
    UUID projectId,
    int modelId,
    int width,
    List<Segment> sealed,
    long from,
    long to,
    long vectors) {
  long allVectors() {
    return vectors + sealed.stream().mapToLong(Segment::vectors).sum();
  }
}
