package dev.threadmill.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.scheduler.metrics.BrokerOffsets.Position;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LagHistoryTest {
  private static final TopicPartition PARTITION = new TopicPartition("message.upserted", 0);

  private final LagHistory history = new LagHistory();

  @Test
  void nothing_is_late_where_all_is_taken() {
    assertThat(behind(0, 5, 5)).isZero();
    assertThat(behind(10, 8, 8)).isZero();
  }

  @Test
  void what_was_there_at_the_first_look_is_as_old_as_that_at_least() {
    assertThat(behind(0, 0, 7)).isZero();
    assertThat(behind(10, 0, 7)).isEqualTo(10);
    assertThat(behind(20, 0, 9)).isEqualTo(20);
  }

  @Test
  void the_oldest_record_that_was_not_taken_tells_the_lag() {
    behind(0, 5, 5);
    behind(10, 5, 8);
    behind(20, 5, 12);

    assertThat(behind(30, 5, 12)).as("none of the eight taken").isEqualTo(20);
    assertThat(behind(40, 8, 12)).as("those of the second look taken").isEqualTo(20);
    assertThat(behind(50, 12, 12)).isZero();
    assertThat(behind(60, 12, 13)).isZero();
    assertThat(behind(70, 12, 13)).isEqualTo(10);
  }

  @Test
  void two_groups_may_stand_at_different_places_of_one_partition() {
    behind(0, 0, 0);
    behind(10, 0, 4);

    assertThat(behind(20, 4, 4)).isZero();
    assertThat(behind(20, 0, 4)).isEqualTo(10);
  }

  @Test
  void a_topic_that_was_made_anew_begins_anew() {
    behind(0, 0, 100);
    assertThat(behind(50, 0, 3)).isZero();
    assertThat(behind(60, 0, 3)).isEqualTo(10);
  }

  private long behind(long now, long next, long end) {
    return history.behind(new Position(PARTITION, next, end), Duration.ofSeconds(now)).toSeconds();
  }
}
