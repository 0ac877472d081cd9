package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.EmbeddingLimits;
import org.junit.jupiter.api.Test;

class InputLimitTest {
  private final InputLimit limit = new InputLimit(new EmbeddingLimits(100));

  @Test
  void it_shrinks_to_what_was_taken_and_never_grows_by_learning() {
    limit.learn(25);
    limit.learn(50);

    assertThat(limit.inputs()).isEqualTo(25);
  }

  @Test
  void it_is_tried_anew_after_some_hundred_full_requests_up_to_what_is_configured() {
    limit.learn(10);
    for (int i = 0; i < 299; i++) {
      limit.answered(10);
    }
    assertThat(limit.inputs()).isEqualTo(10);

    limit.answered(10);
    assertThat(limit.inputs()).isEqualTo(20);

    for (int i = 0; i < 2000; i++) {
      limit.answered(limit.inputs());
    }
    assertThat(limit.inputs()).isEqualTo(100);
  }

  @Test
  void small_requests_tell_nothing() {
    limit.learn(10);
    for (int i = 0; i < 1000; i++) {
      limit.answered(9);
    }

    assertThat(limit.inputs()).isEqualTo(10);
  }
}
