package dev.threadmill.core.run;

import dev.threadmill.core.run.RunStoppedException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a handler knows of its run, and the way in which it tells how far it is. */
public final class RunContext {
  private final ClaimedRun run;
  private volatile @Nullable Reason stop;
  private volatile Progress progress = new Progress(0, Map.of());

  RunContext(ClaimedRun run) {
    this.run = run;
  }

  /** How far a run is: rows processed, and named numbers for the eye. */
  record Progress(long processed, Map<String, ?> details) {}

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
   * Ends the handler where it must not go on.
   *
   * @throws RunStoppedException when the lease is gone, the run was cancelled, or the service shuts
   *     down
   */
  public void checkpoint() {
    Reason reason = stop;
    if (reason != null) {
      throw new RunStoppedException(reason);
    }
  }

  Progress progress() {
    return progress;
  }

  synchronized void stop(Reason reason) {
    // A lost lease outranks what was said before: nothing may be written any more.
    if (stop == null || reason == Reason.LEASE_LOST) {
      stop = reason;
    }
  }
}
