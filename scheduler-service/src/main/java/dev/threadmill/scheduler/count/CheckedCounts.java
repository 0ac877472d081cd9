package dev.threadmill.scheduler.count;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Compares each project's counts with its rows once a day; a difference would be a fault. */
@Component
class CheckedCounts implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(CheckedCounts.class);
  private static final Duration EVERY = Duration.ofDays(1);
  private static final Duration BETWEEN_PROJECTS = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private final RowCounts counts;

  CheckedCounts(RowCounts counts) {
    this.counts = counts;
  }

  @Override
  public String name() {
    return "check of the row counts";
  }

  @Override
  public Duration sweep() {
    Optional<UUID> project = counts.takeUnchecked(EVERY);
    project.ifPresent(
        id -> {
          int wrong = counts.correct(id);
          if (wrong > 0) {
            log.warn("{} row counts of project {} were wrong and are corrected", wrong, id);
          }
        });
    return project.isPresent() ? BETWEEN_PROJECTS : PAUSE;
  }
}
