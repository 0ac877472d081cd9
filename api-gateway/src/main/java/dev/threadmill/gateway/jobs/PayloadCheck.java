package dev.threadmill.gateway.jobs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobSetting;
import dev.threadmill.core.run.JobWorkers;
import dev.threadmill.gateway.problem.ApiProblem;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Checks what is asked of a job against the settings that the job itself knows: its service writes
 * them down where it says that it is there.
 */
@Component
public class PayloadCheck {
  private final JobWorkers workers;

  PayloadCheck(JobWorkers workers) {
    this.workers = workers;
  }

  /**
   * @throws ApiProblem naming the field that the job does not know, or what its value should be
   */
  public void check(JobType job, Map<String, ?> payload) {
    if (payload.isEmpty()) {
      return;
    }
    var known = workers.settings(job);
    payload.forEach(
        (name, value) -> {
          Optional<JobSetting> setting =
              known.stream().filter(one -> one.name().equals(name)).findFirst();
          String complaint =
              setting
                  .map(one -> Optional.ofNullable(one.complaint(value)))
                  .orElseGet(
                      () ->
                          Optional.of(
                              "The field '"
                                  + shortened(name)
                                  + "' is not known to "
                                  + job.wireName()))
                  .orElse(null);
          if (complaint != null) {
            throw ApiProblem.invalid(complaint + ".");
          }
        });
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
