package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import java.util.List;

/** The work of one job type. A bean of this type makes its service take the runs of that job. */
public interface JobHandler {
  JobType jobType();

  /** What may stand in the payload of its runs; anything else is refused where it is asked for. */
  default List<JobSetting> settings() {
    return List.of();
  }

  /**
   * False while this worker has to leave the runs to others: then they stay queued, and are
   * announced again until somebody takes them.
   */
  default boolean takesRuns() {
    return true;
  }

  /**
   * Works one run. Blocking is fine: it has a thread of its own. It must call {@link
   * RunContext#checkpoint} between steps, and every step must be safe to repeat, for the run may be
   * taken over at any point.
   *
   * @throws RunStoppedException from {@link RunContext#checkpoint}; let it pass
   * @throws Exception what was not foreseen; the run is tried again, up to the limit of attempts
   */
  Outcome run(RunContext context) throws Exception;
}
