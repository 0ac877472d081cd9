package dev.threadmill.gateway.runs;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Waits for rows that another service changes. The thread is a virtual one and no connection is
 * held while it waits; the intervals grow, so that a long wait asks the database little. A gateway
 * that is told to stop has no more time: callers are answered as if theirs were up, and not cut.
 */
@Component
public class Waiting {
  public static final int MAX_SECONDS = 60;
  private static final long FIRST_PAUSE_MS = 50;
  private static final long MAX_PAUSE_MS = 1000;

  private volatile boolean closing;

  Waiting() {}

  /** Checks the parameter {@code wait}: 0 to 60 seconds. */
  public static Duration limit(int seconds) {
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw ApiProblem.invalid("'wait' must be 0 to " + MAX_SECONDS + " seconds.");
    }
    return Duration.ofSeconds(seconds);
  }

  /**
   * Asks until there is an answer or the time is up. While the database is away there is none: what
   * is waited for is filed already, and its caller is to learn where, not that nobody knows.
   */
  public <T> Optional<T> upTo(Duration limit, Supplier<Optional<T>> question) {
    long end = System.nanoTime() + limit.toNanos();
    long pause = FIRST_PAUSE_MS;
    while (true) {
      Optional<T> answer = ask(question);
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (answer.isPresent() || left <= 0 || closing) {
        return answer;
      }
      try {
        Thread.sleep(Math.min(pause, left));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
      pause = Math.min(MAX_PAUSE_MS, pause * 3 / 2);
    }
  }

  private static <T> Optional<T> ask(Supplier<Optional<T>> question) {
    try {
      return question.get();
    } catch (RuntimeException failed) {
      if (DatabaseFailures.isAway(failed)) {
        return Optional.empty();
      }
      throw failed;
    }
  }

  /** Before the web server stops, which would wait for those who wait. */
  @EventListener
  void on(ContextClosedEvent closed) {
    closing = true;
  }
}
