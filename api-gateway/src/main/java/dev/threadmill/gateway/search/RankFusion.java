package dev.threadmill.gateway.search;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reciprocal rank fusion: a thing's score is the sum of 1 / (60 + rank) over the lists that have
 * it, ranks counted from 1. Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms
 * Condorcet and individual Rank Learning Methods", SIGIR 2009; 60 is the constant of that paper. It
 * needs no common scale of the two kinds of scores.
 */
final class RankFusion {
  private static final double CONSTANT = 60;

  private RankFusion() {}

  /** The rank of a thing in each list, from 1; null where a list does not have it. */
  record Ranks(@Nullable Integer vector, @Nullable Integer text) {
    double score() {
      return part(vector) + part(text);
    }

    private static double part(@Nullable Integer rank) {
      return rank == null ? 0 : 1 / (CONSTANT + rank);
    }
  }

  /** A thing that stands in a list several times has the rank of its best place. */
  static <T, K> Map<K, Ranks> fuse(List<T> byVector, List<T> byText, Function<T, K> key) {
    Map<K, Integer> vectorRanks = ranks(byVector, key);
    Map<K, Integer> textRanks = ranks(byText, key);
    Map<K, Ranks> fused = new HashMap<>();
    vectorRanks.forEach((thing, rank) -> fused.put(thing, new Ranks(rank, textRanks.get(thing))));
    textRanks.forEach((thing, rank) -> fused.putIfAbsent(thing, new Ranks(null, rank)));
    return fused;
  }

  private static <T, K> Map<K, Integer> ranks(List<T> list, Function<T, K> key) {
    Map<K, Integer> ranks = new HashMap<>();
    for (T thing : list) {
      ranks.putIfAbsent(key.apply(thing), ranks.size() + 1);
    }
    return ranks;
  }
}
