package dev.threadmill.gateway.search;

import java.time.Duration;

/**
 * Until when a search, or a part of one, may read.
 *
 * @param nanos by the clock of {@link System#nanoTime()}
 */
record Deadline(long nanos) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  Deadline earlier(Duration by) {
    return new Deadline(nanos - by.toNanos());
  }

  /** What is left; zero or less when it is over. */
  Duration remaining() {
    return Duration.ofNanos(nanos - System.nanoTime());
  }

  /**
   * What is left, as PostgreSQL reads it.
   *
   * @throws TooSlowException when nothing is
   */
  String left() {
    long millis = remaining().toMillis();
    if (millis < 1) {
      throw new TooSlowException(null);
    }
    return millis + "ms";
  }
}
