package dev.threadmill.gateway.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bounds what asking about projects costs, however many ask. A few answers are put together at a
 * time; while these are under way, who asks is given the last answer about his project if it is no
 * older than a second, and otherwise waits for his turn, but not for long. As long as few ask, each
 * gets one of his own.
 */
final class SharedAnswers<T> {
  private static final Duration KEPT = Duration.ofSeconds(1);

  private final Function<UUID, T> compute;
  private final Semaphore turns;
  private final Duration patience;
  private final Cache<UUID, T> last;

  /**
   * @param atOnce how many are put together at a time
   * @param patience so long who asks waits for his turn
   */
  SharedAnswers(Function<UUID, T> compute, int atOnce, Duration patience, Ticker ticker) {
    this.compute = compute;
    this.patience = patience;
    this.turns = new Semaphore(atOnce, true);
    this.last =
        Caffeine.newBuilder().ticker(ticker).expireAfterWrite(KEPT).maximumSize(10_000).build();
  }

  T of(UUID project) {
    if (turns.tryAcquire()) {
      return inTurn(() -> fresh(project));
    }
    T known = last.getIfPresent(project);
    if (known != null) {
      return known;
    }
    // Without a turn, too: where the database is away all must fail soon, not one after the other.
    return gotTurn() ? inTurn(() -> shared(project)) : fresh(project);
  }

  private boolean gotTurn() {
    try {
      return turns.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private T inTurn(Supplier<T> answer) {
    try {
      return answer.get();
    } finally {
      turns.release();
    }
  }

  /** Who waited may find that another one has asked for the same meanwhile. */
  private T shared(UUID project) {
    T meanwhile = last.getIfPresent(project);
    return meanwhile == null ? fresh(project) : meanwhile;
  }

  private T fresh(UUID project) {
    T status = compute.apply(project);
    last.put(project, status);
    return status;
  }
}
