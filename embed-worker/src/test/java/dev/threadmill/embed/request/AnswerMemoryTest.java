package dev.threadmill.embed.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerMemoryTest {
  @Test
  void the_usual_sixteen_fit_with_the_usual_model() {
    assertThat(AnswerMemory.answersAtOnce(100, 1536, false)).isBetween(16, 40);
  }

  @Test
  void wide_vectors_and_json_numbers_leave_room_for_fewer() {
    assertThat(AnswerMemory.answersAtOnce(100, 3072, false)).isBetween(12, 16);
    assertThat(AnswerMemory.answersAtOnce(100, 1536, true)).isBetween(8, 12);
    assertThat(AnswerMemory.answersAtOnce(100, 4000, true)).isEqualTo(4);
  }

  @Test
  void a_width_that_is_not_known_yet_counts_as_the_widest() {
    assertThat(AnswerMemory.answersAtOnce(100, 0, false))
        .isEqualTo(AnswerMemory.answersAtOnce(100, 4000, false));
  }

  @Test
  void there_is_always_room_for_one() {
    assertThat(AnswerMemory.answersAtOnce(2048, 4000, true)).isEqualTo(1);
  }
}
