package dev.threadmill.gateway.status;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.count.RowCounts.Counts;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.settings.Settings;
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

/** Puts the status of a project together. Each part costs the same however many rows there are. */
@Service
public class ProjectStatus {
  private static final long GIBIBYTE = 1L << 30;

  private final StatusTables tables;
  private final RowCounts rowCounts;
  private final RunHistory history;
  private final EmbeddingStatus embedding;
  private final ScheduleHealth schedules;
  private final long budgetBytes;
  private final double alertPercent;

  ProjectStatus(
      StatusTables tables,
      RowCounts rowCounts,
      RunHistory history,
      EmbeddingStatus embedding,
      ScheduleHealth schedules,
      Settings settings) {
    this.tables = tables;
    this.rowCounts = rowCounts;
    this.history = history;
    this.embedding = embedding;
    this.schedules = schedules;
    this.budgetBytes =
        (long) (settings.decimal("STORAGE_BUDGET_GB", 20, 0.001, 1_000_000) * GIBIBYTE);
    this.alertPercent = settings.decimal("STORAGE_ALERT_THRESHOLD_PCT", 85, 1, 100);
  }

  public StatusView of(UUID project) {
    Map<String, RunView> runs = new LinkedHashMap<>();
    List<JobRun> latest = history.latestPerJob(project);
    latest.forEach(run -> runs.put(run.jobType().wireName(), RunView.of(run)));
    Counts rows = rowCounts.of(project);
    long waiting = rows.pending() + rows.processing();
    Storage storage = storage();
    EmbeddingView chunks = embedding.of(project, waiting, rows.failed());
    Oldest oldest = tables.oldestPending(project).orElse(null);
    Duration age = oldest == null ? Duration.ZERO : oldest.age();
    List<SourceSync> sources = tables.sources(project);
    Health health = schedules.of(project);
    List<String> problems =
        new Ailments()
            .runs(latest)
            .chunks(rows.failed())
            .storage(storage)
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
        storage,
        new ScheduleCounts(
            health.count("active"), health.count("paused"), health.count("suspended")),
        sources.stream().map(ProjectStatus::state).toList(),
        tables.watermarks(project));
  }

  private Storage storage() {
    long bytes = tables.databaseBytes();
    double percent = Math.round(bytes * 10_000.0 / budgetBytes) / 100.0;
    return new Storage(bytes, budgetBytes, percent, percent >= alertPercent, tables.tableBytes());
  }

  private static SyncState state(SourceSync source) {
    Instant complete = source.completeAsOf();
    return new SyncState(
        source.source(),
        complete,
        complete == null ? null : Duration.between(complete, source.now()).toSeconds());
  }
}
