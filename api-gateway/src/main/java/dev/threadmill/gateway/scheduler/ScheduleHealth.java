package dev.threadmill.gateway.scheduler;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.core.run.JobWorkers;
import dev.threadmill.core.schedule.ScheduleRow;
import dev.threadmill.core.schedule.Schedules;
import dev.threadmill.core.tick.TickLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Whether a project's schedules can do their work, in as few questions as that takes. */
@Component
public class ScheduleHealth {
  private final Schedules schedules;
  private final JobWorkers workers;
  private final TickLog ticks;
  private final KafkaConnection kafka;

  ScheduleHealth(Schedules schedules, JobWorkers workers, TickLog ticks, KafkaConnection kafka) {
    this.schedules = schedules;
    this.workers = workers;
    this.ticks = ticks;
    this.kafka = kafka;
  }

  /**
   * @param problems what keeps them from it, in sentences; a pause is none, for somebody wants it
   */
  public record Health(List<ScheduleRow> rows, List<String> problems) {
    public int count(String status) {
      return (int) rows.stream().filter(row -> row.status().equals(status)).count();
    }
  }

  public Health of(UUID project) {
    List<ScheduleRow> rows = schedules.ofProject(project);
    List<String> problems = new ArrayList<>();
    rows.stream()
        .filter(row -> row.status().equals("suspended"))
        .map(row -> row.jobType().wireName() + " is suspended: " + row.statusReason())
        .forEach(problems::add);
    List<ScheduleRow> active = rows.stream().filter(ScheduleRow::active).toList();
    if (!active.isEmpty()) {
      absentServices(active, problems);
      overdue(active, problems);
      if (!kafka.isUp()) {
        problems.add("Kafka is away: runs are queued, and start when it is back");
      }
    }
    return new Health(rows, problems);
  }

  private void absentServices(List<ScheduleRow> active, List<String> problems) {
    Set<JobType> present = workers.present();
    active.stream()
        .map(ScheduleRow::jobType)
        .filter(job -> !present.contains(job))
        .map(job -> "no service that takes runs of " + job.wireName() + " is there; start one")
        .forEach(problems::add);
  }

  private void overdue(List<ScheduleRow> active, List<String> problems) {
    Instant now = schedules.now();
    Duration patience = Holds.patience(ticks);
    active.stream()
        .filter(row -> row.nextRunAt().plus(patience).isBefore(now))
        .map(
            row ->
                "%s was due at %s, and no scheduler looked; start scheduler-service"
                    .formatted(row.jobType().wireName(), row.nextRunAt()))
        .forEach(problems::add);
  }
}
