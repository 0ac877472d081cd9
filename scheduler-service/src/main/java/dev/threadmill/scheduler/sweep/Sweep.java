package dev.threadmill.scheduler.sweep;

import java.time.Duration;

/** Work that each replica repeats as long as it lives. A bean of this type is run by itself. */
public interface Sweep {
  /** For the log, in lower case: {@code tick timer}. */
  String name();

  /**
   * Does what there is to do now. Any number of replicas may be doing the same.
   *
   * @return how long to rest before the next time
   */
  Duration sweep();
}
