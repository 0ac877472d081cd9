package dev.threadmill.gateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedAnswersTest {
  private static final UUID SLOW = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  private final AtomicInteger computed = new AtomicInteger();
  private final AtomicInteger slow = new AtomicInteger();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean broken;
  private final SharedAnswers<Integer> answers = sharing(Duration.ofMinutes(1));

  private static final class Broken extends RuntimeException {}

  private SharedAnswers<Integer> sharing(Duration patience) {
    return new SharedAnswers<>(this::compute, 1, patience, () -> 0);
  }

  /** On a thread of its own: the common pool has a single one on two processors. */
  private static CompletableFuture<Integer> asked(SharedAnswers<Integer> answers, UUID project) {
    return CompletableFuture.supplyAsync(() -> answers.of(project), Thread::startVirtualThread);
  }

  private Integer compute(UUID project) {
    if (project.equals(SLOW)) {
      slow.incrementAndGet();
      try {
        end.await();
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
      if (broken) {
        throw new Broken();
      }
    }
    return computed.incrementAndGet();
  }

  @AfterEach
  void letGo() {
    end.countDown();
  }

  @Test
  void as_long_as_few_ask_each_gets_an_answer_of_his_own() {
    assertThat(answers.of(OTHER)).isEqualTo(1);
    assertThat(answers.of(OTHER)).isEqualTo(2);
  }

  @Test
  void while_all_turns_are_taken_an_answer_of_a_moment_ago_is_given() {
    answers.of(OTHER);
    var blocked = asked(answers, SLOW);
    await().until(() -> slow.get() == 1);

    assertThat(answers.of(OTHER)).isEqualTo(1);

    end.countDown();
    assertThat(blocked.join()).isEqualTo(2);
  }

  @Test
  void who_has_no_answer_of_a_moment_ago_waits_for_a_turn_and_shares_it() throws Exception {
    var first = asked(answers, SLOW);
    await().until(() -> slow.get() == 1);
    var shared = new CompletableFuture<Integer>();
    Thread second = Thread.ofPlatform().start(() -> shared.complete(answers.of(SLOW)));
    await().until(() -> second.getState() == Thread.State.TIMED_WAITING);

    end.countDown();

    assertThat(shared.get(10, TimeUnit.SECONDS)).isEqualTo(first.get(10, TimeUnit.SECONDS));
    assertThat(slow).hasValue(1);
  }

  @Test
  void who_gets_no_turn_in_time_is_answered_all_the_same() {
    SharedAnswers<Integer> impatient = sharing(Duration.ZERO);
    var blocked = asked(impatient, SLOW);
    await().until(() -> slow.get() == 1);

    assertThat(asked(impatient, OTHER)).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(1);
    assertThat(blocked).isNotDone();
  }

  @Test
  void those_who_wait_for_the_same_project_share_one_answer_or_one_failure() throws Exception {
    SharedAnswers<Integer> impatient = sharing(Duration.ZERO);
    asked(impatient, SLOW);
    await().until(() -> slow.get() == 1);
    var withoutTurn = asked(impatient, SLOW);
    await().until(() -> slow.get() == 2);
    var joined = new CompletableFuture<Integer>();
    Thread third =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    joined.complete(impatient.of(SLOW));
                  } catch (RuntimeException failed) {
                    joined.completeExceptionally(failed);
                  }
                });
    // One that puts an answer together of its own waits, too, but has counted itself before.
    await().until(() -> third.getState() == Thread.State.WAITING);

    assertThat(slow).hasValue(2);
    broken = true;
    end.countDown();
    assertThat(withoutTurn)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withCauseInstanceOf(Broken.class);
    assertThat(joined)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .withCauseInstanceOf(Broken.class);
  }
}
