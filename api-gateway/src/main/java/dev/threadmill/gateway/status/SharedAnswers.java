package dev.threadmill.gateway.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * Bounds what asking about projects costs, however many ask. A few answers are put together at a
 * time; while these are under way, who asks is given the last answer about his project if it is no
 * older than a second, and otherwise waits his turn. As long as few ask, each gets one of his own.
 */
final class SharedAnswers<T> {
  private static final Duration KEPT = Duration.ofSeconds(1);

  private final Function<UUID, T> compute;
  private final Semaphore turns;
  private final Cache<UUID, T> last;

  /**
   * @param atOnce how many are put together at a time
   */
  SharedAnswers(Function<UUID, T> compute, int atOnce, Ticker ticker) {
    this.compute = compute;
    this.turns = new Semaphore(atOnce, true);
    this.last =
        Caffeine.newBuilder().ticker(ticker).expireAfterWrite(KEPT).maximumSize(10_000).build();
  }

  T of(UUID project) {
    boolean free = turns.tryAcquire();
    T known = free ? null : last.getIfPresent(project);
    if (known != null) {
      return known;
    }
    if (!free) {
      turns.acquireUninterruptibly();
    }
    try {
      // Who waited may find that another one has asked for the same meanwhile.
      T meanwhile = free ? null : last.getIfPresent(project);
      return meanwhile == null ? fresh(project) : meanwhile;
    } finally {
      turns.release();
    }
  }

  private T fresh(UUID project) {
    T status = compute.apply(project);
    last.put(project, status);
    return status;
  }
}
