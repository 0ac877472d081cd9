package dev.threadmill.core.run;

import dev.threadmill.core.job.JobType;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which jobs need not wait for their cadence, because a run changed what they live on. */
final class Cascade {
  private static final List<String> NEW_CHUNKS = List.of("chunks_inserted", "chunks_reset");
  private static final List<String> CHANGED_MESSAGES =
      List.of("messages", "messages_deleted", "conversations_deleted");

  private Cascade() {}

  /** Whether runs of this job may start others when they end. */
  static boolean from(JobType job) {
    return job == JobType.CHATWOOT_SYNC;
  }

  /** The jobs that live on what a run of this job changed, by the counters of its result. */
  static Set<JobType> after(JobType job, Map<String, ?> result) {
    Set<JobType> jobs = EnumSet.noneOf(JobType.class);
    if (from(job)) {
      if (sum(result, NEW_CHUNKS) > 0) {
        jobs.add(JobType.EMBEDDINGS_RUN);
      }
      if (sum(result, CHANGED_MESSAGES) > 0) {
        jobs.add(JobType.SIGNALS_EXTRACTION);
      }
    }
    return jobs;
  }

  /** Of the result itself, and of its parts where a run had several sources. */
  private static long sum(Map<?, ?> result, Collection<String> counters) {
    long sum = 0;
    for (String counter : counters) {
      if (result.get(counter) instanceof Number number) {
        sum += number.longValue();
      }
    }
    if (result.get("sources") instanceof Collection<?> parts) {
      for (Object part : parts) {
        sum += part instanceof Map<?, ?> map ? sum(map, counters) : 0;
      }
    }
    return sum;
  }
}
