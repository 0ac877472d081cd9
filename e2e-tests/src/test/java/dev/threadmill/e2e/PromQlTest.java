package dev.threadmill.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.e2e.PromQl.Selector;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromQlTest {
  @Test
  void metrics_labels_and_values_are_told_from_functions_words_and_strings() {
    var names =
        PromQl.of(
            """
            topk(3, histogram_quantile(0.95, sum by (le, uri) (rate(a_bucket{b="x{y}", c=~"d|e"}[5m]))))
              / on (f) group_left (g) max without (h) (i:j > bool 1e3) and absent(k{l!="m", n=~"5..", o!~"p|q"}) offset 5m
            """);

    assertThat(names.selectors())
        .containsExactly(
            new Selector("a_bucket", Map.of("b", Set.of("x{y}"), "c", Set.of("d", "e"))),
            new Selector("i:j", Map.of()),
            new Selector("k", Map.of("l", Set.of("m"), "n", Set.of(), "o", Set.of("p", "q"))));
    assertThat(names.grouped()).containsExactlyInAnyOrder("le", "uri", "f", "g", "h");
  }
}
