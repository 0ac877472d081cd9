package dev.threadmill.core.run;

import dev.threadmill.core.database.Together;
import dev.threadmill.core.job.JobType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes queued runs within the limits on how many are worked at once. */
@Repository
final class RunClaims {
  private final RunLog runLog;
  private final RunLimits limits;
  private final RunSettings settings;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Together<UUID, Taken> together = new Together<>("run-claims", this::take);

  RunClaims(
      RunLog runLog,
      RunLimits limits,
      RunSettings settings,
      JdbcClient jdbc,
      TransactionTemplate transaction) {
    this.runLog = runLog;
    this.limits = limits;
    this.settings = settings;
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /**
   * @param run empty when the run could not be taken
   * @param heldBy the limit that kept it waiting; null when it was no limit
   */
  record Claim(Optional<ClaimedRun> run, @Nullable String heldBy) {}

  /**
   * @param run empty when the run could not be taken
   * @param locked whether somebody had its row locked, who need not be taking it
   */
  private record Taken(Optional<ClaimedRun> run, boolean locked) {}

  Claim claim(UUID runId, UUID projectId, JobType job) {
    if (limits.none(job)) {
      Taken taken = together.ask(runId);
      // Alone where the others did not wait for who has its row locked.
      return new Claim(taken.locked() ? alone(runId) : taken.run(), null);
    }
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              lock(projectId, job);
              String heldBy = heldBy(projectId, job);
              if (heldBy != null) {
                runLog.held(runId, heldBy);
                return new Claim(Optional.empty(), heldBy);
              }
              return new Claim(alone(runId), null);
            }));
  }

  private Optional<ClaimedRun> alone(UUID runId) {
    return runLog.claim(runId, settings.worker(), settings.lease());
  }

  private List<Taken> take(List<UUID> runIds) {
    // In a transaction: where one row can't be read, the others must not stay claimed by nobody.
    return Objects.requireNonNull(transaction.execute(status -> takeUnlocked(runIds)));
  }

  private List<Taken> takeUnlocked(List<UUID> runIds) {
    Map<UUID, ClaimedRun> taken =
        runLog.claimUnlocked(runIds, settings.worker(), settings.lease()).stream()
            .collect(Collectors.toMap(ClaimedRun::id, Function.identity()));
    // Most that can't be taken were cancelled, or somebody has worked them already.
    Set<UUID> locked = taken.size() == runIds.size() ? Set.of() : runLog.claimable(runIds);
    // Removed: who asked twice for a run has it once.
    return runIds.stream()
        .map(id -> new Taken(Optional.ofNullable(taken.remove(id)), locked.contains(id)))
        .toList();
  }

  /**
   * Counting and taking must be one: two that count at the same time would both find room. Always
   * the job first, so that nobody waits in a circle; the locks last for three statements.
   */
  private void lock(UUID projectId, JobType job) {
    if (limits.perJob().containsKey(job)) {
      lock("runs of " + job.wireName());
    }
    if (limits.perProject() > 0) {
      lock("runs in " + projectId);
    }
  }

  private void lock(String what) {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(:what, 0)) is null")
        .param("what", what)
        .query(Boolean.class)
        .single();
  }

  private @Nullable String heldBy(UUID projectId, JobType job) {
    Integer perJob = limits.perJob().get(job);
    if (perJob != null && running("job_name = :value", job.wireName()) >= perJob) {
      return "%d runs of %s are worked already (RUNS_PER_JOB)".formatted(perJob, job.wireName());
    }
    int perProject = limits.perProject();
    if (perProject > 0
        && running("project_id = :value::uuid", projectId.toString()) >= perProject) {
      return "%d runs of the project are worked already (RUNS_PER_PROJECT)".formatted(perProject);
    }
    return null;
  }

  private int running(String condition, String value) {
    return jdbc.sql("select count(*) from job_runs where status = 'running' and " + condition)
        .param("value", value)
        .query(Integer.class)
        .single();
  }
}
