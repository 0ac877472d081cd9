package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.e2e.PromQl.Selector;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void metrics_and_labels_are_told_from_functions_words_and_strings() {
    var names =
        PromQl.of(
            """
            topk(3, histogram_quantile(0.95, sum by (le, uri) (rate(a_bucket{b="x{y}", c=~"d|e"}[5m]))))
              / on (f) group_left (g) max without (h) (i:j > bool 1e3) and absent(k{l!="m"}) offset 5m
            """);

    assertThat(names.selectors())
        .containsExactly(
            new Selector("a_bucket", Set.of("b", "c")),
            new Selector("i:j", Set.of()),
            new Selector("k", Set.of("l")));
    assertThat(names.grouped()).containsExactlyInAnyOrder("le", "uri", "f", "g", "h");
  }
}
