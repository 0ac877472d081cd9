package dev.threadmill.scheduler.tick;

import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.run.ScheduledRuns;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs the missed times of schedules that catch up with all of them: one run of each schedule at a
 * time, so that a project with hundreds of them holds nobody up.
 */
@Component
class CatchingUp implements Sweep {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int AT_ONCE = 500;

  private final DueSchedules schedules;
  private final ScheduledRuns scheduledRuns;
  private final RunRequests requests;
  private final TransactionTemplate transaction;

  CatchingUp(
      DueSchedules schedules,
      ScheduledRuns scheduledRuns,
      RunRequests requests,
      TransactionTemplate transaction) {
    this.schedules = schedules;
    this.scheduledRuns = scheduledRuns;
    this.requests = requests;
    this.transaction = transaction;
  }

  @Override
  public String name() {
    return "catching up";
  }

  @Override
  public Duration sweep() {
    List<QueuedRun> queued = Objects.requireNonNull(transaction.execute(status -> queue()));
    requests.announce(queued);
    return queued.size() == AT_ONCE ? Duration.ZERO : PAUSE;
  }

  private List<QueuedRun> queue() {
    List<DueTime> missed = schedules.lockCatchingUp(AT_ONCE);
    if (missed.isEmpty()) {
      return List.of();
    }
    List<QueuedRun> queued = scheduledRuns.queue(null, missed);
    schedules.caughtUp(missed);
    return queued;
  }
}
