package dev.threadmill.core.run;

import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.kafka.EventSender;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for runs: the row first, the event after its commit. */
public final class RunRequests {
  private static final Logger log = LoggerFactory.getLogger(RunRequests.class);

  private final RunLog runLog;
  private final EventSender sender;
  private final Clock clock;

  public RunRequests(RunLog runLog, EventSender sender, Clock clock) {
    this.runLog = runLog;
    this.sender = sender;
    this.clock = clock;
  }

  /** Must not be called within a transaction: the event would overtake the row. */
  public RequestedRun request(RunRequest request) {
    RequestedRun run = runLog.request(request);
    if (run.created()) {
      announce(
          List.of(
              new QueuedRun(run.runId(), request.projectId(), request.jobType(), run.attempt())));
    }
    return run;
  }

  /**
   * Sends the events of runs that were queued, or marked, as announced; those that the broker does
   * not take are marked as not announced. Returns at once; must not be called within a transaction.
   */
  public void announce(Collection<QueuedRun> runs) {
    Queue<UUID> refused = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> sent = new ArrayList<>(runs.size());
    for (QueuedRun run : runs) {
      sent.add(
          sender
              .send(event(run))
              .thenAccept(
                  ok -> {
                    if (!ok) {
                      refused.add(run.id());
                    }
                  }));
    }
    // Not on the producer's own thread, which must never wait for the database.
    var unused =
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
            .thenRunAsync(() -> remember(List.copyOf(refused)), Thread::startVirtualThread);
  }

  private void remember(List<UUID> refused) {
    if (refused.isEmpty()) {
      return;
    }
    try {
      runLog.unannounced(refused);
    } catch (RuntimeException databaseAway) {
      // Then they are announced again a little later.
      log.debug("{} refused announcements could not be noted", refused.size(), databaseAway);
    }
  }

  private JobRequested event(QueuedRun run) {
    return new JobRequested(
        UUID.randomUUID(),
        clock.instant(),
        run.projectId(),
        run.id(),
        run.jobType(),
        run.attempt());
  }
}
