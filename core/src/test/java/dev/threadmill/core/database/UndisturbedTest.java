package dev.threadmill.core.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UndisturbedTest {
  private final AtomicInteger attempts = new AtomicInteger();

  private Runnable failing(int times, String sqlState) {
    return () -> {
      if (attempts.incrementAndGet() <= times) {
        throw new IllegalStateException(new SQLException("given up", sqlState));
      }
    };
  }

  @Test
  void what_was_given_up_for_another_transaction_is_done_again() {
    Undisturbed.run(failing(3, "40P01"));

    assertThat(attempts).hasValue(4);
  }

  @Test
  void what_is_given_up_each_time_fails() {
    Runnable work = failing(100, "40P01");

    assertThatThrownBy(() -> Undisturbed.run(work)).isInstanceOf(IllegalStateException.class);
    assertThat(attempts).hasValue(4);
  }

  @Test
  void what_fails_otherwise_is_not_tried_again() {
    Runnable work = failing(100, "23514");

    assertThatThrownBy(() -> Undisturbed.run(work)).isInstanceOf(IllegalStateException.class);
    assertThat(attempts).hasValue(1);
  }
}
