package dev.threadmill.gateway.dashboard.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.gateway.runs.RunView;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is.
 *
 * @param done of {@code all}; null where nobody can tell how much there is
 */
record ProgressBar(@Nullable Long done, long all, String text) {
  /**
   * @param waiting chunks that wait for their vectors now
   */
  static ProgressBar of(RunView run, long waiting) {
    if (run.status().finished()) {
      return new ProgressBar(1L, 1, "Finished");
    }
    if (run.status() == RunStatus.QUEUED) {
      return new ProgressBar(null, 1, "Waits for its turn");
    }
    long listed = run.progress().path("conversations_listed").asLong(0);
    if (run.jobName() == JobType.CHATWOOT_SYNC && listed > 0) {
      long read = Math.min(run.progress().path("conversations").asLong(0), listed);
      return new ProgressBar(
          read, listed, "%d of %d changed conversations read".formatted(read, listed));
    }
    long done = run.processedCount();
    if (run.jobName() == JobType.EMBEDDINGS_RUN && done + waiting > 0) {
      return new ProgressBar(
          done, done + waiting, "%d of %d chunks embedded".formatted(done, done + waiting));
    }
    return new ProgressBar(null, 1, "Working; how much there is, nobody knows beforehand");
  }
}
