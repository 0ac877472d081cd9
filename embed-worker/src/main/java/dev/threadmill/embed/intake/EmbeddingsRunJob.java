package dev.threadmill.embed.intake;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.embed.claim.Backlog;
import java.time.Clock;

/** Drains the backlog of one project. Rows that another worker holds are that worker's business. */
final class EmbeddingsRunJob implements JobHandler {
  private final DrainParts parts;
  private final Backlog backlog;
  private final IntakeSettings settings;
  private final Clock clock;

  EmbeddingsRunJob(DrainParts parts, Backlog backlog, IntakeSettings settings, Clock clock) {
    this.parts = parts;
    this.backlog = backlog;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public JobType jobType() {
    return JobType.EMBEDDINGS_RUN;
  }

  @Override
  public boolean takesRuns() {
    return !parts.gate().isPaused();
  }

  @Override
  public Outcome run(RunContext context) throws InterruptedException {
    var project = context.run().projectId();
    var drain = new BacklogDrain(parts, settings.batchSize(), context, clock);
    return drain.drain(() -> backlog.pending(project));
  }
}
