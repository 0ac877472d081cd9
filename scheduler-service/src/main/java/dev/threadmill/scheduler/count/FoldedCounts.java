package dev.threadmill.scheduler.count;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Adds the differences that each change leaves to the sums, so that reading them stays quick. */
@Component
class FoldedCounts implements Sweep {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int BATCH = 5000;

  private final RowCounts counts;

  FoldedCounts(RowCounts counts) {
    this.counts = counts;
  }

  @Override
  public String name() {
    return "row counts";
  }

  @Override
  public Duration sweep() {
    return counts.fold(BATCH) == BATCH ? Duration.ZERO : PAUSE;
  }
}
