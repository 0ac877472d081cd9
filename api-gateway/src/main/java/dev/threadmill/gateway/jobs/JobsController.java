package dev.threadmill.gateway.jobs;

import dev.threadmill.core.database.Undisturbed;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.run.RequestedRun;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.runs.StartedRuns;
import dev.threadmill.gateway.runs.StartsRun;
import dev.threadmill.gateway.runs.Waiting;
import dev.threadmill.gateway.security.CallerProject;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Starts a job now: 202 at once, or 200 with the finished run when the caller waits and it ends in
 * time.
 */
@RestController
@RequestMapping("/jobs")
class JobsController {
  private static final int MAX_ERROR = 300;

  private final RunsByHand runs;
  private final StartedRuns started;
  private final FailedChunks failedChunks;
  private final PayloadCheck payloads;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  JobsController(
      RunsByHand runs,
      StartedRuns started,
      FailedChunks failedChunks,
      PayloadCheck payloads,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.runs = runs;
    this.started = started;
    this.failedChunks = failedChunks;
    this.payloads = payloads;
    this.audit = audit;
    this.transaction = transaction;
  }

  @StartsRun
  @PostMapping("/chatwoot/sync")
  ResponseEntity<?> sync(
      CallerProject project,
      @RequestParam(defaultValue = "0") int wait,
      @RequestBody(required = false) @Nullable Map<String, Object> settings,
      HttpServletRequest request) {
    return start(
        project, JobType.CHATWOOT_SYNC, wait, settings, Actor.of(project.caller(), request));
  }

  @StartsRun
  @PostMapping("/embeddings/run")
  ResponseEntity<?> embed(
      CallerProject project,
      @RequestParam(defaultValue = "0") int wait,
      @RequestBody(required = false) @Nullable Map<String, Object> settings,
      HttpServletRequest request) {
    return start(
        project, JobType.EMBEDDINGS_RUN, wait, settings, Actor.of(project.caller(), request));
  }

  /**
   * Which failed chunks to try again.
   *
   * @param error only those whose error holds this; null: all
   */
  record RetryWish(@Nullable String error) {}

  /**
   * @param retried chunks that wait again
   */
  record Retried(int retried) {}

  @PostMapping("/embeddings/retry-failed")
  Retried retryFailed(
      CallerProject project,
      @RequestBody(required = false) @Nullable RetryWish wish,
      HttpServletRequest request) {
    String error = wish == null || wish.error() == null ? "" : wish.error().strip();
    if (error.length() > MAX_ERROR || error.indexOf('\0') >= 0) {
      throw ApiProblem.invalid("'error' has at most " + MAX_ERROR + " characters.");
    }
    Actor actor = Actor.of(project.caller(), request);
    int retried = 0;
    FailedChunks.Batch batch = new FailedChunks.Batch(0, 0, true);
    while (batch.mayHaveMore()) {
      long after = batch.last();
      // The caller would be told that nothing was done, but the batches before this one are.
      batch =
          Undisturbed.get(
              () ->
                  Objects.requireNonNull(
                      transaction.execute(status -> retry(project.id(), error, after, actor))));
      retried += batch.retried();
    }
    return new Retried(retried);
  }

  private FailedChunks.Batch retry(UUID project, String error, long after, Actor actor) {
    FailedChunks.Batch batch = failedChunks.retry(project, error.isEmpty() ? null : error, after);
    if (after == 0 || batch.retried() > 0) {
      audit.write(
          actor,
          new Change(
              project,
              "embeddings.retry_failed",
              JobType.EMBEDDINGS_RUN.wireName(),
              null,
              Map.of("error", error, "retried", batch.retried())));
    }
    return batch;
  }

  private ResponseEntity<?> start(
      CallerProject project,
      JobType job,
      int wait,
      @Nullable Map<String, Object> settings,
      Actor actor) {
    Duration limit = Waiting.limit(wait);
    Map<String, Object> payload = settings == null ? Map.of() : settings;
    payloads.check(job, payload);
    RequestedRun run = runs.start(project.id(), job, payload, "run.start", actor);
    return started.answer(project.id(), run, limit);
  }
}
