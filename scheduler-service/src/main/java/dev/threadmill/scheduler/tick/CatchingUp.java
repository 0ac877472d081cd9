package dev.threadmill.scheduler.tick;

import dev.threadmill.core.run.QueuedRun;
import dev.threadmill.core.run.RunRequests;
import dev.threadmill.core.run.ScheduledRuns;
import dev.threadmill.core.run.ScheduledRuns.DueTime;
import dev.threadmill.scheduler.sweep.Sweep;
import dev.threadmill.scheduler.tick.DueSchedules.Missed;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
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
    Page page = new Page(List.of(), OptionalLong.of(0));
    while (page.last().isPresent()) {
      long after = page.last().getAsLong();
      page = Objects.requireNonNull(transaction.execute(status -> queue(after)));
      requests.announce(page.queued());
    }
    return PAUSE;
  }

  /**
   * What was done with some of the schedules.
   *
   * @param last the last of them; empty when there are no more
   */
  private record Page(List<QueuedRun> queued, OptionalLong last) {}

  // In pages, for those that wait for their window must not hide those behind them.
  private Page queue(long after) {
    List<Missed> found = schedules.lockCatchingUp(after, AT_ONCE);
    List<DueTime> now = found.stream().filter(Missed::mayRunNow).map(Missed::due).toList();
    List<QueuedRun> queued = List.of();
    if (!now.isEmpty()) {
      queued = scheduledRuns.queue(null, now);
      schedules.caughtUp(now);
    }
    return new Page(
        queued,
        found.size() < AT_ONCE
            ? OptionalLong.empty()
            : OptionalLong.of(found.getLast().due().scheduleId()));
  }
}
