package dev.threadmill.scheduler.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;

@ExtendWith(OutputCaptureExtension.class)
class SweepsTest {
  private static final Duration SOON = Duration.ofMillis(5);

  private final AtomicBoolean away = new AtomicBoolean(true);
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private Sweeps sweeps = new Sweeps(List.of());

  @AfterEach
  void stop() {
    sweeps.stop();
  }

  @Test
  void an_outage_of_the_database_is_said_once_for_all_sweeps_and_so_is_its_end(
      CapturedOutput output) {
    start(sweep("one", this::database), sweep("two", this::database));
    await().until(() -> failed.get() >= 4);

    away.set(false);

    await().until(() -> done.get() >= 4);
    assertThat(output).containsOnlyOnce("PostgreSQL does not answer");
    assertThat(output).containsOnlyOnce("PostgreSQL answers again");
  }

  @Test
  void a_sweep_that_fails_again_and_again_is_said_once_and_holds_no_other_up(
      CapturedOutput output) {
    start(
        sweep(
            "broken",
            () -> {
              failed.incrementAndGet();
              throw new IllegalStateException("no");
            }),
        sweep("well", done::incrementAndGet));

    await().until(() -> failed.get() >= 2 && done.get() >= 10);

    assertThat(output).containsOnlyOnce("the sweep 'broken' failed");
  }

  @Test
  void stopping_lets_a_sweep_finish_what_it_does() throws Exception {
    var begun = new CountDownLatch(1);
    var finish = new CountDownLatch(1);
    start(
        sweep(
            "slow",
            () -> {
              begun.countDown();
              awaitUninterrupted(finish);
              done.incrementAndGet();
            }));
    begun.await();

    Thread stopping = Thread.ofVirtual().start(sweeps::stop);
    await().until(() -> !sweeps.isRunning());
    assertThat(stopping.isAlive()).isTrue();
    finish.countDown();

    stopping.join();
    assertThat(done.get()).isEqualTo(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException cutOff) {
      throw new IllegalStateException("a sweep was interrupted", cutOff);
    }
  }

  private void database() {
    if (away.get()) {
      failed.incrementAndGet();
      throw new DataAccessResourceFailureException("away");
    }
    done.incrementAndGet();
  }

  private void start(Sweep... all) {
    sweeps = new Sweeps(List.of(all));
    sweeps.start();
  }

  private static Sweep sweep(String name, Runnable work) {
    return new Sweep() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Duration sweep() {
        work.run();
        return SOON;
      }
    };
  }
}
