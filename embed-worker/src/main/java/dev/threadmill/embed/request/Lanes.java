package dev.threadmill.embed.request;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.trace.Traces;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.claim.ClaimedChunk;
import dev.threadmill.embed.claim.TextsInFlight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

  private final FlightLimit flight;
  private final ChunkEmbedder embedder;
  private final ChunkClaims claims;
  private final TextsInFlight inFlight;
  private final Executor threads = Thread::startVirtualThread;

  /**
   * One claim at a time: two that walk the same rows side by side skip each other's and share a
   * full batch between them, which makes two requests of what is one.
   */
  private final Lock claiming = new ReentrantLock();

  /** What each batch under way has claimed, noted before the next claim begins. */
  private final Map<Object, List<ClaimedChunk>> held = new ConcurrentHashMap<>();

  /** A batch broke off, so rows may be claimed by this process that none of its batches has. */
  private volatile boolean leftBehind;

  private volatile boolean running;

  Lanes(FlightLimit flight, ChunkEmbedder embedder, ChunkClaims claims, TextsInFlight inFlight) {
    this.flight = flight;
    this.embedder = embedder;
    this.claims = claims;
    this.inFlight = inFlight;
  }

  /** How many batches may be under way at once when all goes well. */
  public int count() {
    return flight.max();
  }

  /** How many batches are under way. */
  public int busy() {
    return flight.used();
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
    if (!flight.tryAcquire(patience)) {
      return Optional.empty();
    }
    Object batch = new Object();
    return Optional.of(
        CompletableFuture.supplyAsync(Traces.carried(() -> work(batch, claim, stop)), threads)
            .whenComplete((tally, failure) -> ended(batch, failure)));
  }

  private Tally work(Object batch, Supplier<List<ClaimedChunk>> claim, BooleanSupplier stop) {
    if (!running || stop.getAsBoolean()) {
      return Tally.NOTHING;
    }
    try {
      return embedder.embed(claimed(batch, claim), () -> !running || stop.getAsBoolean());
    } catch (RuntimeException failed) {
      // That the database is away is said by who waits for the batch, once.
      if (!DatabaseFailures.passes(failed)) {
        log.error("a batch of chunks failed unexpectedly", failed);
      }
      throw failed;
    }
  }

  private List<ClaimedChunk> claimed(Object batch, Supplier<List<ClaimedChunk>> claim) {
    claiming.lock();
    try {
      List<ClaimedChunk> claimed = claim.get();
      held.put(batch, claimed);
      return claimed;
    } finally {
      claiming.unlock();
    }
  }

  private void ended(Object batch, @Nullable Throwable failure) {
    held.remove(batch);
    // In this order: who sees the sign must not find the batch there any more.
    if (failure != null) {
      leftBehind = true;
    }
    flight.release();
  }

  /**
   * Puts rows back, uncharged, that this process claimed and no batch has: the database went away
   * before a claim was answered, or for longer than a batch has patience. They would wait for the
   * end of their lease, and be charged for it.
   */
  public void putBackLeftBehind() {
    if (!leftBehind) {
      return;
    }
    // No claim may be between the database and the notes of what is held.
    claiming.lock();
    try {
      leftBehind = false;
      List<ClaimedChunk> working = held.values().stream().flatMap(List::stream).toList();
      // The texts first: who takes one of the rows finds its text free.
      inFlight.abandonAllBut(working.stream().map(ClaimedChunk::textHash).distinct().toList());
      int rows = claims.releaseAllBut(working.stream().map(ClaimedChunk::id).toList());
      if (rows > 0) {
        log.info("put back {} rows that were under way when the database went away", rows);
      }
    } catch (RuntimeException notYet) {
      leftBehind = true;
      throw notYet;
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
      boolean idle = flight.awaitIdle(SHUTDOWN_GRACE);
      int released = claims.releaseAllBut(List.of());
      inFlight.abandonAllBut(List.of());
      if (!idle || released > 0) {
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
