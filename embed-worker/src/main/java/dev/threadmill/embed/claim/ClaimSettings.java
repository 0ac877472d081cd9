package dev.threadmill.embed.claim;

import java.time.Duration;

/**
 * How this process claims rows.
 *
 * @param worker this process's name in {@code claimed_by}, unique over all processes
 * @param lease after this long others may take the row; renewed while it is worked on
 * @param flight after this long others may send a text that this one took; renewed likewise
 * @param maxAttempts a row whose requests failed this often is not tried again
 */
public record ClaimSettings(String worker, Duration lease, Duration flight, int maxAttempts) {
  public ClaimSettings(String worker, Duration lease, int maxAttempts) {
    this(worker, lease, lease, maxAttempts);
  }
}
