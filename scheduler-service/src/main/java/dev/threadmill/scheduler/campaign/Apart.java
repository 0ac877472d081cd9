package dev.threadmill.scheduler.campaign;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.run.RunStoppedException;
import dev.threadmill.scheduler.campaign.CampaignCounts.Count;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What fails for one thing keeps no other from being done. */
final class Apart {
  private static final Logger log = LoggerFactory.getLogger(Apart.class);

  private Apart() {}

  /**
   * Does it, and counts it as set aside where that fails.
   *
   * @param instead what comes of it then
   */
  static <T> T attempt(UUID what, CampaignCounts counts, Supplier<T> work, T instead) {
    try {
      return work.get();
    } catch (RuntimeException failure) {
      check(failure);
      // No more of it: what the database complains about may be a text.
      log.warn(
          "{} was set aside: {}, SQL state {}",
          what,
          failure.getClass().getName(),
          DatabaseFailures.sqlState(failure).orElse("none"));
      counts.add(Count.SET_ASIDE);
      return instead;
    }
  }

  /** Throws what is not the fault of the one thing: the run's end, or that of the database. */
  static void check(RuntimeException failure) {
    if (failure instanceof RunStoppedException
        || DatabaseFailures.isAway(failure)
        || Thread.currentThread().isInterrupted()) {
      throw failure;
    }
  }
}
