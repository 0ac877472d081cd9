package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many runs may be worked at once, over all processes together. They bind where a run is taken:
 * what is over a limit stays queued, and its row says so.
 *
 * @param perJob of one job over all projects; a job that is not named has no limit
 * @param perProject of one project over all jobs; 0 means no limit
 */
public record RunLimits(Map<JobType, Integer> perJob, int perProject) {
  public static final RunLimits NONE = new RunLimits(Map.of(), 0);

  private static final String PER_JOB = "RUNS_PER_JOB";
  private static final int MOST = 10_000;

  public RunLimits {
    perJob = Map.copyOf(perJob);
  }

  /** Reads {@code RUNS_PER_JOB} (such as {@code chatwoot_sync=4}) and {@code RUNS_PER_PROJECT}. */
  static RunLimits of(Settings settings) {
    Map<JobType, Integer> perJob = new EnumMap<>(JobType.class);
    String text = settings.text(PER_JOB).orElse("");
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String[] pair = part.split("=", -1);
      Optional<JobType> job = JobType.find(pair[0].trim());
      if (pair.length != 2 || job.isEmpty()) {
        throw wrong();
      }
      perJob.put(job.get(), number(pair[1].trim()));
    }
    return new RunLimits(perJob, settings.integer("RUNS_PER_PROJECT", 0, 0, MOST));
  }

  private static int number(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= MOST) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // Said below.
    }
    throw wrong();
  }

  private static InvalidSettingException wrong() {
    return new InvalidSettingException(
        PER_JOB, "is not a list such as 'chatwoot_sync=4,embeddings_run=2' with numbers from 1");
  }

  boolean none(JobType job) {
    return perProject == 0 && !perJob.containsKey(job);
  }
}
