package dev.threadmill.embed.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.embedding.Allowance;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CorrectionsTest {
  private final AtomicLong nanoTime = new AtomicLong();
  private final Corrections corrections = new Corrections(nanoTime::get);

  @Test
  void limits_that_the_row_does_not_have_are_told_at_once() {
    assertThat(corrections.needed(Allowance.UNKNOWN, requests(1000, 990))).isTrue();
    assertThat(corrections.needed(Allowance.UNKNOWN, requests(1000, 989))).isTrue();
    assertThat(corrections.needed(requests(1000, 900), requests(2000, 1900))).isTrue();
    assertThat(
            corrections.needed(
                requests(1000, 900), new Allowance(1000L, 900L, 1_000_000L, 999_000L)))
        .isTrue();
  }

  @Test
  void what_the_row_has_already_is_not_told() {
    assertThat(corrections.needed(requests(1000, 900), requests(1000, 900))).isFalse();
    assertThat(corrections.needed(requests(1000, -20), requests(1000, 0))).isFalse();
    assertThat(corrections.needed(requests(1000, 900), Allowance.UNKNOWN)).isFalse();
  }

  @Test
  void small_differences_are_told_now_and_then() {
    assertThat(corrections.needed(requests(1000, 900), requests(1000, 895))).isTrue();

    for (int i = 0; i < 100; i++) {
      assertThat(corrections.needed(requests(1000, 900), requests(1000, 895))).isFalse();
    }

    nanoTime.addAndGet(Duration.ofMillis(200).toNanos());
    assertThat(corrections.needed(requests(1000, 900), requests(1000, 895))).isTrue();
    assertThat(corrections.needed(requests(1000, 900), requests(1000, 895))).isFalse();
  }

  @Test
  void a_row_that_is_far_off_is_corrected_at_once_by_the_worse_of_its_limits() {
    assertThat(corrections.needed(requests(1000, 900), requests(1000, 899))).isTrue();

    var row = new Allowance(1000L, 900L, 1_000_000L, 900_000L);
    assertThat(corrections.needed(row, new Allowance(1000L, 900L, 1_000_000L, 860_000L))).isFalse();
    assertThat(corrections.needed(row, new Allowance(1000L, 900L, 1_000_000L, 840_000L))).isTrue();
    assertThat(corrections.needed(row, new Allowance(1000L, 840L, 1_000_000L, 900_000L))).isTrue();
  }

  @Test
  void each_difference_is_told_when_little_is_left() {
    for (int left = 99; left > 90; left--) {
      assertThat(corrections.needed(requests(1000, left + 1), requests(1000, left))).isTrue();
    }
  }

  private static Allowance requests(long limit, long left) {
    return new Allowance(limit, left, null, null);
  }
}
