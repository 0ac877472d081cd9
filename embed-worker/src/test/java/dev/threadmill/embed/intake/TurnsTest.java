package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.embed.claim.Backlog.Turn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static final UUID A = new UUID(0, 1);
  private static final UUID B = new UUID(0, 2);
  private static final UUID C = new UUID(0, 3);

  private final Turns turns = new Turns();

  @Test
  void projects_take_turns() {
    turns.update(equal(A, B, C));

    assertThat(next(6)).containsExactly(A, B, C, A, B, C);
  }

  @Test
  void a_turn_has_as_many_batches_as_the_weight() {
    turns.update(List.of(new Turn(A, 3), new Turn(B, 1)));

    assertThat(next(8)).containsExactly(A, A, A, B, A, A, A, B);
  }

  @Test
  void everybody_gets_a_turn_although_the_list_is_read_again_after_each_batch() {
    List<UUID> served = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      turns.update(equal(A, B, C));
      served.addAll(next(1));
    }

    assertThat(served).containsExactly(A, B, C, A, B, C);
  }

  @Test
  void a_long_turn_goes_on_after_the_list_was_read_again_and_ends() {
    List<UUID> served = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      turns.update(List.of(new Turn(A, 3), new Turn(B, 1)));
      served.addAll(next(1));
    }

    assertThat(served).containsExactly(A, A, A, B, A);
  }

  @Test
  void who_comes_new_is_served_before_those_who_wait_for_a_further_turn() {
    turns.update(equal(B, C));
    assertThat(next(1)).containsExactly(B);

    turns.update(equal(A, B, C));

    assertThat(next(4)).containsExactly(A, C, B, A);
  }

  @Test
  void who_has_nothing_left_is_passed_over_and_nobody_means_nobody() {
    turns.update(equal(A, B, C));

    assertThat(turns.next(Set.of(A, B)::contains)).contains(C);
    assertThat(turns.next(Set.of(A, B, C)::contains)).isEmpty();
    turns.update(List.of());
    assertThat(turns.next(project -> false)).isEmpty();
  }

  private List<UUID> next(int count) {
    List<UUID> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      next.add(turns.next(project -> false).orElseThrow());
    }
    return next;
  }

  private static List<Turn> equal(UUID... projects) {
    return Arrays.stream(projects).map(project -> new Turn(project, 1)).toList();
  }
}
