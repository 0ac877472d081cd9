package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;

/** The numbers of runs for Prometheus; who ends a run counts it. */
public final class RunMeters {
  private static final Duration[] BUCKETS = {
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(15),
    Duration.ofHours(1)
  };

  private final MeterRegistry registry;

  RunMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  RunMeters of(Collection<JobHandler> handlers) {
    handlers.forEach(handler -> expect(handler.jobType()));
    return this;
  }

  /**
   * To be called at the start by whoever may end runs of a job, so that its first failure and its
   * first retry are seen as rises, and not as numbers from nowhere.
   */
  public void expect(JobType job) {
    retries(job, 0);
    for (RunTrigger trigger : RunTrigger.values()) {
      runs(job, trigger, RunStatus.FAILED);
    }
  }

  /**
   * @param took since the run's first start
   */
  public void ended(JobType job, RunTrigger trigger, RunStatus status, Duration took) {
    runs(job, trigger, status).record(took);
  }

  private Timer runs(JobType job, RunTrigger trigger, RunStatus status) {
    return Timer.builder("threadmill.runs")
        .description("Runs that ended, and how long they took from their first start")
        .tag("job_type", job.wireName())
        .tag("trigger", trigger.wireName())
        .tag("status", status.wireName())
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** An attempt ended, and its run goes back to the queue. */
  public void retried(JobType job) {
    retries(job, 1);
  }

  private void retries(JobType job, int number) {
    registry.counter("threadmill.run.retries", "job_type", job.wireName()).increment(number);
  }
}
