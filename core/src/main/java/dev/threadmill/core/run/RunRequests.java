package dev.threadmill.core.run;

import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.kafka.EventSender;
import java.time.Clock;
import java.util.UUID;

/** Asks for runs: the row first, the event after its commit. */
public final class RunRequests {
  private final RunLog log;
  private final EventSender sender;
  private final Clock clock;

  public RunRequests(RunLog log, EventSender sender, Clock clock) {
    this.log = log;
    this.sender = sender;
    this.clock = clock;
  }

  /** Must not be called within a transaction: the event would overtake the row. */
  public RequestedRun request(RunRequest request) {
    RequestedRun run = log.request(request);
    if (run.created()) {
      announce(run.runId(), request.projectId(), request.jobType(), run.attempt());
    }
    return run;
  }

  /** Sends the event of a queued run, and remembers when the broker took it. */
  public void announce(UUID runId, UUID projectId, JobType jobType, int attempt) {
    var event =
        new JobRequested(UUID.randomUUID(), clock.instant(), projectId, runId, jobType, attempt);
    sender
        .send(event)
        // Not on the producer's own thread, which must never wait for the database.
        .thenAcceptAsync(
            taken -> {
              if (taken) {
                log.announced(runId);
              }
            },
            Thread::startVirtualThread);
  }
}
