package dev.threadmill.gateway.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.threadmill.gateway.search.RankFusion.Ranks;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RankFusionTest {
  @Test
  void a_score_is_the_sum_of_the_reciprocal_ranks_plus_sixty() {
    Map<String, Ranks> fused =
        RankFusion.fuse(List.of("a", "b"), List.of("b", "c"), Function.identity());

    assertThat(fused.get("a")).isEqualTo(new Ranks(1, null));
    assertThat(fused.get("b")).isEqualTo(new Ranks(2, 1));
    assertThat(fused.get("c")).isEqualTo(new Ranks(null, 2));
    assertThat(fused.get("b").score()).isCloseTo(1 / 62.0 + 1 / 61.0, within(1e-12));
  }

  @Test
  void a_thing_that_stands_twice_in_a_list_counts_at_its_best_place_and_takes_no_second_one() {
    Map<String, Ranks> fused =
        RankFusion.fuse(List.of("a", "a", "b"), List.of(), Function.identity());

    assertThat(fused.get("a").vector()).isEqualTo(1);
    assertThat(fused.get("b").vector()).isEqualTo(2);
  }
}
