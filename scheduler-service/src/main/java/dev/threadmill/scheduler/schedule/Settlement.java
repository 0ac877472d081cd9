package dev.threadmill.scheduler.schedule;

import dev.threadmill.core.run.UnsettledRuns;
import dev.threadmill.core.run.UnsettledRuns.FinishedRun;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries the outcomes of finished runs over to their schedules. */
@Component
class Settlement implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final int AT_ONCE = 500;

  private final UnsettledRuns runs;
  private final ScheduledJobs schedules;
  private final TransactionTemplate transaction;

  Settlement(UnsettledRuns runs, ScheduledJobs schedules, TransactionTemplate transaction) {
    this.runs = runs;
    this.schedules = schedules;
    this.transaction = transaction;
  }

  @Override
  public String name() {
    return "settlement";
  }

  @Override
  public Duration sweep() {
    int settled = Objects.requireNonNull(transaction.execute(status -> settle()));
    return settled == AT_ONCE ? Duration.ZERO : PAUSE;
  }

  // A tick that comes in this very moment skips the schedules that are locked here, and the next
  // tick finds them: the locks last a few milliseconds.
  private int settle() {
    List<FinishedRun> finished = runs.lock(AT_ONCE);
    if (finished.isEmpty()) {
      return 0;
    }
    Map<Long, List<FinishedRun>> outcomes =
        finished.stream()
            .filter(run -> !run.told())
            .sorted(Comparator.comparing(FinishedRun::finishedAt))
            .collect(Collectors.groupingBy(FinishedRun::scheduleId));
    List<Schedule> changed =
        schedules.lock(outcomes.keySet()).stream()
            .map(locked -> after(locked, outcomes.getOrDefault(locked.schedule().id(), List.of())))
            .toList();
    schedules.save(changed);
    runs.settled(finished.stream().map(FinishedRun::workerRunId).toList());
    return finished.size();
  }

  private static Schedule after(ScheduledJobs.Locked locked, List<FinishedRun> outcomes) {
    Schedule schedule = locked.schedule();
    for (FinishedRun run : outcomes) {
      schedule = schedule.after(run, locked.now());
    }
    if (schedule.suspendedBecause() != null) {
      log.warn("schedule {} is {}", schedule.id(), schedule.suspendedBecause());
    }
    return schedule;
  }
}
