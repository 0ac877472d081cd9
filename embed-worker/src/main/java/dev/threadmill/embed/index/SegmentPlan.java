package dev.threadmill.embed.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The next index to build: the fresh part, together with those segments before it that are not
 * larger. So each vector is built into an index about as often as the size doubles, and a project
 * of n vectors has in the order of log n segments, as in a log-structured merge tree (O'Neil et
 * al., 1996).
 *
 * @param absorbed segments that it replaces
 */
record SegmentPlan(FreshPart part, long from, long vectors, List<Segment> absorbed) {
  /** Scanning the table for a build has to be worth it: a twentieth of what there is. */
  private static final int FRESH_SHARE = 20;

  /**
   * A large project's segments may outgrow the memory of a build, up to half of all its vectors;
   * otherwise there would be too many of them to search.
   */
  private static final int LARGEST_SHARE = 2;

  static Optional<SegmentPlan> of(FreshPart part, IndexSettings settings) {
    long needed =
        part.sealed().isEmpty()
            ? settings.exactUpTo(part.width())
            : Math.max(settings.mostFresh(), part.allVectors() / FRESH_SHARE);
    if (part.vectors() < needed) {
      return Optional.empty();
    }
    long largest =
        Math.max(settings.vectorsInMemory(part.width()), part.allVectors() / LARGEST_SHARE);
    long from = part.from();
    long vectors = part.vectors();
    List<Segment> absorbed = new ArrayList<>();
    for (Segment former : part.sealed().reversed()) {
      if (former.vectors() > vectors || former.vectors() + vectors > largest) {
        break;
      }
      from = former.from();
      vectors += former.vectors();
      absorbed.add(former);
    }
    return Optional.of(new SegmentPlan(part, from, vectors, absorbed));
  }
}
