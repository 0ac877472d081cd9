package dev.threadmill.gateway.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bounds what asking about projects costs, however many ask. A few answers are put together at a
 * time; while these are under way, who asks is given the last answer about his project if it is no
 * older than a second, and otherwise waits for a turn, but not for long, together with all who ask
 * for the same. As long as few ask, each gets one of his own.
 */
final class SharedAnswers<T> {
  private static final Duration KEPT = Duration.ofSeconds(1);

  private final Function<UUID, T> compute;
  private final Semaphore turns;
  private final Duration patience;
  private final Cache<UUID, T> last;
  private final Map<UUID, CompletableFuture<T>> awaited = new ConcurrentHashMap<>();

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
    // Who comes just as a turn is free must not overtake those who wait for one, again and again.
    if (!turns.hasQueuedThreads() && turns.tryAcquire()) {
      return inTurn(() -> fresh(project));
    }
    T known = last.getIfPresent(project);
    return known == null ? together(project) : known;
  }

  /** The first who waits for a project's answer puts it together for all of them. */
  private T together(UUID project) {
    var mine = new CompletableFuture<T>();
    var first = awaited.putIfAbsent(project, mine);
    if (first != null) {
      return answer(first);
    }
    try {
      // Without a turn, too: where the database is away all must fail soon, not one after the
      // other.
      mine.complete(gotTurn() ? inTurn(() -> shared(project)) : fresh(project));
    } catch (RuntimeException failed) {
      mine.completeExceptionally(failed);
    } finally {
      awaited.remove(project);
      // Whatever else went wrong: nobody is left waiting.
      mine.cancel(false);
    }
    return answer(mine);
  }

  private static <T> T answer(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
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

  /**
   * Who waited may find that another one, who did not have to, has asked for the same meanwhile.
   */
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
