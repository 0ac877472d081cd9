package dev.threadmill.embed.claim;

import dev.threadmill.core.settings.InvalidSettingException;
import java.time.Duration;

/** How long claims have to last, so that nobody loses a row while its request is under way. */
final class ClaimLease {
  static final String SETTING = "EMBED_STALE_RECOVERY_MINUTES";

  /** The longest wait for the account's limits before a request. */
  private static final Duration QUEUE = Duration.ofSeconds(20);

  private ClaimLease() {}

  /** Three quarters of it are left, or more, when a request starts: see {@code Leases}. */
  static Duration checked(Duration lease, Duration timeout) {
    Duration needed = timeout.plus(QUEUE).multipliedBy(4).dividedBy(3);
    if (lease.compareTo(needed) < 0) {
      throw new InvalidSettingException(
          SETTING,
          "is "
              + lease.toMinutes()
              + "; with OPENAI_TIMEOUT_MS at "
              + timeout.toMillis()
              + " a claim has to last "
              + Math.ceilDiv(needed.toSeconds(), 60)
              + " minutes or more");
    }
    return lease;
  }

  /** Long enough to wait, ask, and write the answer patiently; no longer than the rows'. */
  static Duration ofText(Duration lease, Duration timeout) {
    Duration needed =
        timeout.plus(QUEUE).plus(DatabasePatience.PATIENCE).multipliedBy(4).dividedBy(3);
    return needed.compareTo(lease) < 0 ? needed : lease;
  }
}
