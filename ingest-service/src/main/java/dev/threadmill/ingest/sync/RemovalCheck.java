package dev.threadmill.ingest.sync;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.project.Sources;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Ends the sync of a source that was removed meanwhile; looks once a second at most. */
final class RemovalCheck implements Runnable {
  private static final long BETWEEN = Duration.ofSeconds(1).toNanos();

  private final Sources sources;
  private final UUID source;
  private final AtomicLong looked = new AtomicLong(System.nanoTime());

  RemovalCheck(Sources sources, UUID source) {
    this.sources = sources;
    this.source = source;
  }

  /**
   * @throws SourceRemovedException when it is
   */
  @Override
  public void run() {
    long before = looked.get();
    long now = System.nanoTime();
    if (now - before >= BETWEEN && looked.compareAndSet(before, now) && isRemoved()) {
      // Those that read at the same time end, too.
      looked.set(now - BETWEEN);
      throw new SourceRemovedException();
    }
  }

  private boolean isRemoved() {
    try {
      return !sources.isThere(source);
    } catch (RuntimeException failed) {
      if (!DatabaseFailures.passes(failed)) {
        throw failed;
      }
      // Whoever needs the database waits for it; the next look is soon enough.
      return false;
    }
  }
}
