package dev.threadmill.scheduler.recovery;

import dev.threadmill.core.run.RunLog;
import dev.threadmill.scheduler.sweep.Sweep;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Cancels runs of archived projects: a tick that was under way when somebody archived the project
 * queues them afterwards, and nobody may take them.
 */
@Component
class ArchivedRuns implements Sweep {
  private static final Logger log = LoggerFactory.getLogger(ArchivedRuns.class);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final RunLog runLog;

  ArchivedRuns(RunLog runLog) {
    this.runLog = runLog;
  }

  @Override
  public String name() {
    return "runs of archived projects";
  }

  @Override
  public Duration sweep() {
    int cancelled = runLog.cancelOfArchived("scheduler");
    if (cancelled > 0) {
      log.info("{} runs of archived projects are cancelled", cancelled);
    }
    return PAUSE;
  }
}
