package dev.threadmill.core.run;

/**
 * The run must stop: its lease is gone, somebody cancelled it, its time is up, or the service shuts
 * down.
 */
public final class RunStoppedException extends RuntimeException {
  /** Why the run must stop. */
  public enum Reason {
    /** Another process took the run over; nothing of it may be written any more. */
    LEASE_LOST,
    CANCELLED,
    /** It worked longer than a run may. */
    TIME_LIMIT,
    SHUTDOWN
  }

  private final Reason reason;

  public RunStoppedException(Reason reason) {
    super("the run must stop: " + reason);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
