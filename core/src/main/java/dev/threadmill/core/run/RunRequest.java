package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import java.util.Map;
import java.util.UUID;

/**
 * The wish to run a job.
 *
 * @param requestedBy who asks; shown in the run history
 * @param payload settings of this one run; the job checks them
 */
public record RunRequest(
    UUID projectId,
    JobType jobType,
    RunTrigger trigger,
    String requestedBy,
    Map<String, ?> payload) {
  public RunRequest {
    payload = Map.copyOf(payload);
  }
}
