package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.ScheduledRuns;
import dev.threadmill.core.schedule.Cadence;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.gateway.scheduler.Explanation.Hold;
import dev.threadmill.gateway.scheduler.SchedulerFacts.ActiveRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Answers why a job did not run, and when it will. */
@Component
public class Explain {
  private static final int NEXT_TIMES = 3;
  private static final int DUE_TIMES = 10;

  private final Schedules schedules;
  private final ScheduledRuns runs;
  private final SchedulerFacts facts;
  private final Holds holds;

  Explain(Schedules schedules, ScheduledRuns runs, SchedulerFacts facts, Holds holds) {
    this.schedules = schedules;
    this.runs = runs;
    this.facts = facts;
    this.holds = holds;
  }

  public List<ScheduleView> list(UUID project) {
    Map<JobType, ActiveRun> active = facts.activeRuns(project);
    Instant now = schedules.now();
    return schedules.ofProject(project).stream()
        .map(row -> ScheduleView.of(row, why(holds.brief(row, active.get(row.jobType()), now))))
        .toList();
  }

  public ScheduleView one(UUID project, JobType job) {
    return list(project).stream()
        .filter(view -> view.jobType() == job)
        .findFirst()
        .orElseThrow(() -> ScheduleChanges.none(job));
  }

  public Explanation explain(UUID project, JobType job) {
    ScheduleRow row = schedules.find(project, job).orElseThrow(() -> ScheduleChanges.none(job));
    Instant now = schedules.now();
    List<Hold> all = holds.all(row, facts.activeRuns(project).get(job), now);
    return new Explanation(
        ScheduleView.of(row, why(all)), next(row, now), all, runs.past(row.id(), DUE_TIMES));
  }

  private static @Nullable String why(List<Hold> holds) {
    return holds.isEmpty() ? null : holds.getFirst().what();
  }

  private static List<Instant> next(ScheduleRow row, Instant now) {
    List<Instant> times = new ArrayList<>();
    try {
      Cadence cadence = row.settings().cadence();
      Optional<Instant> next =
          row.active() && row.nextRunAt().isAfter(now)
              ? Optional.of(row.point())
              : cadence.next(row.point(), now);
      while (next.isPresent() && times.size() < NEXT_TIMES) {
        times.add(next.get());
        next = cadence.next(row.point(), next.get());
      }
    } catch (IllegalArgumentException unusable) {
      // Then it is suspended for that, and says so.
    }
    return times;
  }
}
