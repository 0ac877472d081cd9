package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.core.run.RunHistory;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** What somebody is answered who asked for a run. */
@Component
public class StartedRuns {
  private final RunHistory history;
  private final Waiting waiting;

  StartedRuns(RunHistory history, Waiting waiting) {
    this.history = history;
    this.waiting = waiting;
  }

  /**
   * @param created false when such a run was already queued or running, which then is this one
   */
  record Accepted(UUID runId, RunStatus status, boolean created) {}

  /** 200 with the finished run when it ends within the time, else 202 with its id. */
  public ResponseEntity<?> answer(UUID project, RequestedRun run, Duration limit) {
    return waiting
        .upTo(
            limit,
            () -> history.find(project, run.runId()).filter(found -> found.status().finished()))
        .<ResponseEntity<?>>map(finished -> ResponseEntity.ok(RunView.of(finished)))
        .orElseGet(
            () ->
                ResponseEntity.accepted()
                    .location(URI.create("/jobs/runs/" + run.runId()))
                    .body(new Accepted(run.runId(), run.status(), run.created())));
  }
}
