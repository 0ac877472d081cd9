package dev.threadmill.embed.intake;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.JobHandler;
import dev.threadmill.core.run.Outcome;
import dev.threadmill.core.run.RunContext;
import dev.threadmill.embed.budget.ProviderGate;
import dev.threadmill.embed.claim.Backlog;
import dev.threadmill.embed.claim.ChunkClaims;
import dev.threadmill.embed.request.Lanes;
import java.time.Clock;

/** Drains the backlog of one project. Rows that another worker holds are that worker's business. */
final class EmbeddingsRunJob implements JobHandler {
  private final ChunkClaims claims;
  private final Backlog backlog;
  private final Lanes lanes;
  private final ProviderGate gate;
  private final IntakeSettings settings;
  private final Clock clock;

  EmbeddingsRunJob(
      ChunkClaims claims,
      Backlog backlog,
      Lanes lanes,
      ProviderGate gate,
      IntakeSettings settings,
      Clock clock) {
    this.claims = claims;
    this.backlog = backlog;
    this.lanes = lanes;
    this.gate = gate;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public JobType jobType() {
    return JobType.EMBEDDINGS_RUN;
  }

  @Override
  public Outcome run(RunContext context) throws InterruptedException {
    var drain = new BacklogDrain(claims, lanes, gate, settings.batchSize(), context, clock);
    return drain.drain(() -> backlog.pending(context.run().projectId()));
  }
}
