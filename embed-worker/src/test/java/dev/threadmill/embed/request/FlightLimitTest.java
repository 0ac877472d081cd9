package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlightLimitTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  @Test
  void it_grows_to_its_maximum_while_answers_stay_quick() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);

    rounds(limit, 50, Duration.ofMillis(200));

    assertThat(limit.now()).isEqualTo(16);
  }

  @Test
  void it_doubles_each_round_until_the_first_trouble_and_grows_by_one_from_then_on()
      throws InterruptedException {
    FlightLimit limit = new FlightLimit(64);
    int first = limit.now();

    rounds(limit, 3, Duration.ofMillis(200));
    assertThat(limit.now()).isEqualTo(first * 8);

    limit.trouble();
    rounds(limit, 3, Duration.ofMillis(200));
    assertThat(limit.now()).isBetween(first * 4 + 2, first * 4 + 3);
  }

  @Test
  void it_does_not_grow_while_less_is_under_way_than_may_be() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    int before = limit.now();

    for (int i = 0; i < 100; i++) {
      assertThat(limit.tryAcquire(AT_ONCE)).isTrue();
      limit.answered(100, Duration.ofMillis(200));
      limit.release();
    }

    assertThat(limit.now()).isEqualTo(before);
  }

  @Test
  void it_shrinks_when_answers_take_twice_as_long_and_never_below_one()
      throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    rounds(limit, 50, Duration.ofMillis(100));

    for (int i = 0; i < 60; i++) {
      limit.answered(100, Duration.ofMillis(900));
    }

    assertThat(limit.now()).isLessThan(16);
    for (int i = 0; i < 10; i++) {
      limit.trouble();
    }
    assertThat(limit.now()).isEqualTo(1);
  }

  @Test
  void a_quick_server_s_hiccup_does_not_shrink_it() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    rounds(limit, 50, Duration.ofMillis(5));

    for (int i = 0; i < 20; i++) {
      limit.answered(100, Duration.ofMillis(95));
    }
    assertThat(limit.now()).as("many times as long, and yet nobody queues").isEqualTo(16);

    for (int i = 0; i < 20; i++) {
      limit.answered(100, Duration.ofMillis(130));
    }
    assertThat(limit.now()).as("noticeably longer").isLessThan(16);
  }

  @Test
  void trouble_halves_it() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    rounds(limit, 50, Duration.ofMillis(100));

    limit.trouble();

    assertThat(limit.now()).isEqualTo(8);
  }

  @Test
  void trouble_of_all_that_are_under_way_halves_it_once() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    rounds(limit, 50, Duration.ofMillis(100));
    int used = 0;
    while (limit.tryAcquire(AT_ONCE)) {
      used++;
    }

    for (int i = 0; i < used; i++) {
      limit.trouble();
      limit.release();
    }

    assertThat(limit.now()).isEqualTo(8);
    limit.trouble();
    assertThat(limit.now()).as("of a later one").isEqualTo(4);
  }

  @Test
  void small_requests_are_not_compared_with_large_ones() throws InterruptedException {
    FlightLimit limit = new FlightLimit(16);
    limit.answered(1, Duration.ofMillis(5));

    rounds(limit, 50, Duration.ofMillis(200));

    assertThat(limit.now()).isEqualTo(16);
  }

  @Test
  void no_more_are_let_in_than_may_be_under_way() throws InterruptedException {
    FlightLimit limit = new FlightLimit(2);

    assertThat(limit.tryAcquire(AT_ONCE)).isTrue();
    assertThat(limit.tryAcquire(AT_ONCE)).isTrue();
    assertThat(limit.tryAcquire(AT_ONCE)).isFalse();
    limit.release();
    assertThat(limit.tryAcquire(AT_ONCE)).isTrue();
  }

  /** As many at once as may be, each answered after the same time. */
  private static void rounds(FlightLimit limit, int rounds, Duration took)
      throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      int used = 0;
      while (limit.tryAcquire(AT_ONCE)) {
        used++;
      }
      for (int i = 0; i < used; i++) {
        limit.answered(100, took);
      }
      for (int i = 0; i < used; i++) {
        limit.release();
      }
    }
  }
}
