package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class TogetherTest {
  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);
  private final Together<Integer, Integer> together = new Together<>("test", this::tenfold);

  private List<Integer> tenfold(List<Integer> questions) {
    batches.add(questions);
    if (questions.contains(13)) {
      throw new IllegalArgumentException("13 of " + questions.size());
    }
    if (questions.contains(0)) {
      try {
        firstMayEnd.await();
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    }
    return questions.stream().map(question -> question * 10).toList();
  }

  @Test
  void the_first_goes_alone_and_those_that_come_meanwhile_go_together() throws Exception {
    FutureTask<Integer> first = ask(0);
    await().until(() -> batches.size() == 1);
    List<FutureTask<Integer>> others = List.of(ask(1), ask(2), ask(3));

    firstMayEnd.countDown();

    assertThat(first.get()).isZero();
    for (int i = 0; i < others.size(); i++) {
      assertThat(others.get(i).get()).isEqualTo((i + 1) * 10);
    }
    assertThat(batches).hasSize(2);
    assertThat(batches.getLast()).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(together.ask(4)).isEqualTo(40);
  }

  @Test
  void one_that_cannot_be_answered_costs_the_others_nothing() throws Exception {
    FutureTask<Integer> first = ask(0);
    await().until(() -> batches.size() == 1);
    FutureTask<Integer> good = ask(1);
    FutureTask<Integer> bad = ask(13);

    firstMayEnd.countDown();

    assertThat(first.get()).isZero();
    assertThat(good.get()).isEqualTo(10);
    assertThatThrownBy(bad::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("13 of 1");
  }

  /** Comes back when the question waits for its answer. */
  private FutureTask<Integer> ask(int question) {
    var answer = new FutureTask<>(() -> together.ask(question));
    Thread asking = Thread.ofPlatform().daemon().start(answer);
    await().until(() -> asking.getState() == Thread.State.WAITING);
    return answer;
  }
}
