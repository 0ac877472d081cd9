package dev.threadmill.core.run;

import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.kafka.EventSender;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for runs: the row first, the event after its commit. */
public final class RunRequests {
  private static final Logger log = LoggerFactory.getLogger(RunRequests.class);

  /**
   * A run that is taken at once needs no note, and most are; sooner than anybody announces it
   * again. Not on the producer's own thread, which must never wait for the database.
   */
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Thread::startVirtualThread);

  /** Who takes one of these runs waits for the note on all of them. */
  private static final int AT_ONCE = 200;

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
   * Sends the events of queued runs, and remembers for which of them the broker took it. Returns at
   * once; must not be called within a transaction.
   */
  public void announce(Collection<QueuedRun> runs) {
    long begun = System.nanoTime();
    Queue<UUID> taken = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> sent = new ArrayList<>(runs.size());
    for (QueuedRun run : runs) {
      sent.add(
          sender
              .send(event(run))
              .thenAccept(
                  ok -> {
                    if (ok) {
                      taken.add(run.id());
                    }
                  }));
    }
    var unused =
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
            .thenRunAsync(() -> remember(List.copyOf(taken), begun), LATER);
  }

  private void remember(List<UUID> announced, long begun) {
    try {
      for (int from = 0; from < announced.size(); from += AT_ONCE) {
        runLog.announced(
            announced.subList(from, Math.min(announced.size(), from + AT_ONCE)),
            Duration.ofNanos(System.nanoTime() - begun));
      }
    } catch (RuntimeException databaseAway) {
      // Then they are announced again, which is boring.
      log.debug("{} announcements could not be remembered", announced.size(), databaseAway);
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
