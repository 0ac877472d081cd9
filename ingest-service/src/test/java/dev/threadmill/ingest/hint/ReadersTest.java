package dev.threadmill.ingest.hint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID TWO = new UUID(0, 2);
  private static final UUID THREE = new UUID(0, 3);

  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final Readers readers = new Readers(() -> now);

  private static Hint.Key key(UUID source, long conversation) {
    return new Hint.Key(source, conversation);
  }

  @Test
  void one_source_gets_two_readers_and_leaves_the_others_to_the_rest() {
    assertThat(readers.admit(key(ONE, 1))).isTrue();
    assertThat(readers.admit(key(ONE, 2))).isTrue();
    assertThat(readers.admit(key(ONE, 3))).isFalse();
    assertThat(readers.closed()).containsExactly(ONE);
    assertThat(readers.admit(key(TWO, 1))).isTrue();
    assertThat(readers.admit(key(TWO, 2))).isTrue();
    assertThat(readers.admit(key(THREE, 1))).isFalse();

    readers.leave(key(ONE, 2));

    assertThat(readers.closed()).containsExactly(TWO);
    assertThat(readers.admit(key(THREE, 1))).isTrue();
  }

  @Test
  void what_is_read_is_not_read_a_second_time_until_it_is_left() {
    assertThat(readers.admit(key(ONE, 1))).isTrue();
    assertThat(readers.admit(key(ONE, 1))).isFalse();

    readers.leave(key(ONE, 1));

    assertThat(readers.admit(key(ONE, 1))).isTrue();
  }

  @Test
  void a_source_without_answer_rests_longer_each_time_and_then_gets_one_reader() {
    readers.unanswered(ONE);
    readers.unanswered(ONE);
    assertThat(readers.closed()).containsExactly(ONE);
    assertThat(readers.admit(key(ONE, 1))).isFalse();

    now = now.plus(Readers.FIRST_REST);
    assertThat(readers.closed()).isEmpty();
    assertThat(readers.admit(key(ONE, 1))).isTrue();
    assertThat(readers.admit(key(ONE, 2))).isFalse();

    readers.unanswered(ONE);
    readers.leave(key(ONE, 1));
    now = now.plus(Readers.FIRST_REST);
    assertThat(readers.admit(key(ONE, 1))).isFalse();
    now = now.plus(Readers.FIRST_REST);
    assertThat(readers.admit(key(ONE, 1))).isTrue();
  }

  @Test
  void a_rest_has_a_longest_length() {
    for (int i = 0; i < 20; i++) {
      readers.unanswered(ONE);
      now = now.plus(Readers.LONGEST_REST);
      assertThat(readers.closed()).isEmpty();
    }
  }

  @Test
  void an_answer_ends_the_trouble() {
    readers.unanswered(ONE);
    readers.answered(ONE);

    assertThat(readers.admit(key(ONE, 1))).isTrue();
    assertThat(readers.admit(key(ONE, 2))).isTrue();
  }

  @Test
  void sources_with_fewer_readers_come_first_and_else_the_order_stays() {
    readers.admit(key(ONE, 1));

    assertThat(
            readers.fewestReadersFirst(List.of(key(ONE, 2), key(TWO, 5), key(ONE, 3), key(TWO, 4))))
        .containsExactly(key(TWO, 5), key(TWO, 4), key(ONE, 2), key(ONE, 3));
  }
}
