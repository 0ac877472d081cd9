package dev.threadmill.embed.request;

import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimedChunk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Bounds how many batches are under way in this process, whatever they come from. A batch is
 * claimed only when its lane is free, so no row is held longer than its own requests take.
 */
public final class Lanes implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Lanes.class);
  private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(6);

  private final int count;
  private final Semaphore free;
  private final ChunkEmbedder embedder;
  private final ChunkClaims claims;
  private final Executor threads = Thread::startVirtualThread;

  /**
   * One claim at a time: two that walk the same rows side by side skip each other's and share a
   * full batch between them, which makes two requests of what is one.
   */
  private final Lock claiming = new ReentrantLock();

  private volatile boolean running;

  public Lanes(int count, ChunkEmbedder embedder, ChunkClaims claims) {
    this.count = count;
    this.embedder = embedder;
    this.claims = claims;
    // First come, first served: events, sweep and runs get their turns.
    this.free = new Semaphore(count, true);
  }

  /** How many batches may be under way at once. */
  public int count() {
    return count;
  }

  /**
   * Waits for a free lane, then claims and embeds on a thread of its own.
   *
   * @param stop when true, no further request is sent and the remaining rows wait again
   * @return empty when no lane came free in time; otherwise it completes when each claimed row is
   *     ready, failed or waits again, and exceptionally when the database can't be reached
   */
  public Optional<CompletableFuture<Tally>> submit(
      Supplier<List<ClaimedChunk>> claim, BooleanSupplier stop, Duration patience)
      throws InterruptedException {
    if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return Optional.empty();
    }
    return Optional.of(
        CompletableFuture.supplyAsync(() -> work(claim, stop), threads)
            .whenComplete((tally, failure) -> free.release()));
  }

  private Tally work(Supplier<List<ClaimedChunk>> claim, BooleanSupplier stop) {
    if (!running || stop.getAsBoolean()) {
      return Tally.NOTHING;
    }
    return embedder.embed(claimed(claim), () -> !running || stop.getAsBoolean());
  }

  private List<ClaimedChunk> claimed(Supplier<List<ClaimedChunk>> claim) {
    claiming.lock();
    try {
      return claim.get();
    } finally {
      claiming.unlock();
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Lets requests under way end for a few seconds, then hands back every row that is left. */
  @Override
  public void stop() {
    running = false;
    try {
      if (free.tryAcquire(count, SHUTDOWN_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        free.release(count);
      }
      int released = claims.releaseAll();
      if (released > 0) {
        log.info("handed back {} rows whose requests were still under way", released);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException away) {
      log.warn("claimed rows could not be handed back; they are free when their lease runs out");
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
