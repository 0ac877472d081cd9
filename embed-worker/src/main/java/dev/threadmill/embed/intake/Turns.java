package dev.threadmill.embed.intake;

import dev.threadmill.embed.claim.Backlog.Turn;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Whose batch comes next: projects in a ring, each with as many batches in a row as its weight. Who
 * is looked up anew keeps his place, so that those late in the list get their turns, too.
 */
final class Turns {
  private final Deque<UUID> ring = new ArrayDeque<>();
  private Map<UUID, Integer> weights = Map.of();

  /** How many batches the first one had in its turn. */
  private int had;

  /**
   * Sets who has rows; those who were not there before come before those who wait for a further
   * turn.
   */
  void update(List<Turn> due) {
    weights = due.stream().collect(Collectors.toMap(Turn::projectId, Turn::batches));
    UUID first = ring.peekFirst();
    ring.removeIf(project -> !weights.containsKey(project));
    if (first == null || !first.equals(ring.peekFirst())) {
      had = 0;
    }
    Set<UUID> before = Set.copyOf(ring);
    // A turn that has begun goes on first.
    UUID current = had > 0 ? ring.pollFirst() : null;
    for (Turn turn : due.reversed()) {
      if (!before.contains(turn.projectId())) {
        ring.addFirst(turn.projectId());
      }
    }
    if (current != null) {
      ring.addFirst(current);
    }
  }

  /**
   * @param without whose rows can't be had now
   * @return empty when that is so of all
   */
  Optional<UUID> next(Predicate<UUID> without) {
    for (int looked = 0; looked <= ring.size(); looked++) {
      UUID project = ring.peekFirst();
      if (project == null) {
        break;
      }
      if (had < weights.getOrDefault(project, 1) && !without.test(project)) {
        had++;
        return Optional.of(project);
      }
      ring.addLast(ring.removeFirst());
      had = 0;
    }
    return Optional.empty();
  }
}
