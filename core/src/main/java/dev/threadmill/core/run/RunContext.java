package dev.threadmill.core.run;

import dev.threadmill.core.run.RunStoppedException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a handler knows of its run, and the way in which it tells how far it is. */
public final class RunContext {
  /** More than the row keeps; what a handler says in a loop pushes out the oldest. */
  private static final int MAX_LINES = 50;

  private final ClaimedRun run;
  private final long begun = System.nanoTime();
  private final Deque<String> lines = new ArrayDeque<>();
  private volatile long lastBeat = begun;
  private volatile @Nullable Reason stop;
  private volatile Progress progress = new Progress(0, Map.of());

  RunContext(ClaimedRun run) {
    this.run = run;
  }

  /**
   * How far a run is: rows processed, named numbers for the eye, and the lines that are not written
   * yet.
   */
  record Progress(long processed, Map<String, ?> details, List<String> lines) {
    Progress(long processed, Map<String, ?> details) {
      this(processed, details, List.of());
    }
  }

  public ClaimedRun run() {
    return run;
  }

  /**
   * Says how far the run is; written with the next heartbeat.
   *
   * @param details named numbers such as {@code conversations}; no text of customers
   */
  public void progress(long processed, Map<String, ?> details) {
    progress = new Progress(processed, new LinkedHashMap<>(details));
  }

  /**
   * Adds a line to the run's log, which users read; written with the next heartbeat. The row keeps
   * the last 50, each of at most 300 characters.
   *
   * @param line names, numbers and ids; no secret and no text of customers
   */
  public void say(String line) {
    synchronized (lines) {
      if (lines.size() == MAX_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line);
    }
  }

  /**
   * Ends the handler where it must not go on.
   *
   * @throws RunStoppedException when the lease is gone, the run was cancelled or took too long, or
   *     the service shuts down
   */
  public void checkpoint() {
    Reason reason = stop;
    if (reason != null) {
      throw new RunStoppedException(reason);
    }
  }

  /** How far the run is now, with the lines that were said up to now. */
  Progress progress() {
    Progress now = progress;
    synchronized (lines) {
      return new Progress(now.processed(), now.details(), List.copyOf(lines));
    }
  }

  /** These lines are in the row now. */
  void written(Progress written) {
    synchronized (lines) {
      written.lines().forEach(lines::removeFirstOccurrence);
    }
  }

  /** How long this attempt works already, by this machine's clock that only goes forward. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** When the lease was extended last, as {@link System#nanoTime} tells it. */
  long lastBeat() {
    return lastBeat;
  }

  void beaten(long nanoTime) {
    lastBeat = nanoTime;
  }

  synchronized void stop(Reason reason) {
    // A lost lease outranks what was said before: nothing may be written any more.
    if (stop == null || reason == Reason.LEASE_LOST) {
      stop = reason;
    }
  }
}
