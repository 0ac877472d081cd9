package dev.threadmill.gateway.status;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.count.RowCounts.Counts;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.gateway.runs.RunView;
import dev.threadmill.gateway.scheduler.ScheduleHealth;
import dev.threadmill.gateway.scheduler.ScheduleHealth.Health;
import dev.threadmill.gateway.status.StatusTables.Oldest;
import dev.threadmill.gateway.status.StatusTables.SourceSync;
import dev.threadmill.gateway.status.StatusView.Backlog;
import dev.threadmill.gateway.status.StatusView.Entities;
import dev.threadmill.gateway.status.StatusView.RagCounts;
import dev.threadmill.gateway.status.StatusView.ScheduleCounts;
import dev.threadmill.gateway.status.StatusView.Storage;
import dev.threadmill.gateway.status.StatusView.SyncState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Service;

/**
 * Puts the status of a project together. Each part costs the same however many rows there are; when
 * many ask at once, an answer may be a second old.
 */
@Service
public class ProjectStatus {
  /** Half of the processors: the database works as long for each, and others have requests, too. */
  private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private final StatusTables tables;
  private final RowCounts rowCounts;
  private final RunHistory history;
  private final EmbeddingStatus embedding;
  private final ScheduleHealth schedules;
  private final StorageStatus storage;
  private final SharedAnswers<StatusView> shared =
      new SharedAnswers<>(this::now, AT_ONCE, Duration.ofSeconds(1), Ticker.systemTicker());

  ProjectStatus(
      StatusTables tables,
      RowCounts rowCounts,
      RunHistory history,
      EmbeddingStatus embedding,
      ScheduleHealth schedules,
      StorageStatus storage) {
    this.tables = tables;
    this.rowCounts = rowCounts;
    this.history = history;
    this.embedding = embedding;
    this.schedules = schedules;
    this.storage = storage;
  }

  public StatusView of(UUID project) {
    return shared.of(project);
  }

  private StatusView now(UUID project) {
    Map<String, RunView> runs = new LinkedHashMap<>();
    List<JobRun> latest = history.latestPerJob(project);
    latest.forEach(run -> runs.put(run.jobType().wireName(), RunView.of(run)));
    Counts rows = rowCounts.of(project);
    long waiting = rows.pending() + rows.processing();
    Storage bytes = storage.storage();
    EmbeddingView chunks = embedding.of(project, waiting, rows.failed());
    Oldest oldest = rows.pending() == 0 ? null : tables.oldestPending(project).orElse(null);
    Duration age = oldest == null ? Duration.ZERO : oldest.age();
    List<SourceSync> sources = tables.sources(project);
    Health health = schedules.of(project);
    List<String> problems =
        new Ailments()
            .runs(latest)
            .chunks(rows.failed())
            .storage(bytes)
            .provider(chunks)
            .backlog(waiting, age, chunks)
            .sync(sources, health.rows())
            .add(health.problems())
            .list();
    return new StatusView(
        problems.isEmpty(),
        problems,
        runs,
        new RagCounts(rows.pending(), rows.processing(), rows.ready(), rows.failed()),
        chunks,
        oldest == null ? null : oldest.dueAt(),
        new Backlog(waiting, age.toSeconds()),
        new Entities(rows.contacts(), rows.conversations(), rows.messages(), rows.chunks()),
        bytes,
        new ScheduleCounts(
            health.count("active"), health.count("paused"), health.count("suspended")),
        sources.stream().map(ProjectStatus::state).toList(),
        tables.watermarks(project));
  }

  private static SyncState state(SourceSync source) {
    Instant complete = source.completeAsOf();
    return new SyncState(
        source.source(),
        complete,
        complete == null ? null : Duration.between(complete, source.now()).toSeconds());
  }
}
