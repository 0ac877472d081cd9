package dev.threadmill.gateway.status;

import dev.threadmill.core.count.RowCounts;
import dev.threadmill.core.count.RowCounts.Counts;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunHistory;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.runs.RunView;
import dev.threadmill.gateway.security.CallerProject;
import dev.threadmill.gateway.status.StatusView.Entities;
import dev.threadmill.gateway.status.StatusView.RagCounts;
import dev.threadmill.gateway.status.StatusView.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One call that tells whether all is well with a project. */
@RestController
class StatusController {
  private static final long GIBIBYTE = 1L << 30;

  private final StatusTables tables;
  private final RowCounts rowCounts;
  private final RunHistory history;
  private final EmbeddingStatus embedding;
  private final long budgetBytes;
  private final double alertPercent;

  StatusController(
      StatusTables tables,
      RowCounts rowCounts,
      RunHistory history,
      EmbeddingStatus embedding,
      Settings settings) {
    this.tables = tables;
    this.rowCounts = rowCounts;
    this.history = history;
    this.embedding = embedding;
    this.budgetBytes =
        (long) (settings.decimal("STORAGE_BUDGET_GB", 20, 0.001, 1_000_000) * GIBIBYTE);
    this.alertPercent = settings.decimal("STORAGE_ALERT_THRESHOLD_PCT", 85, 1, 100);
  }

  @GetMapping("/jobs/status")
  StatusView status(CallerProject project) {
    Map<String, RunView> runs = new LinkedHashMap<>();
    List<JobRun> latest = history.latestPerJob(project.id());
    latest.forEach(run -> runs.put(run.jobType().wireName(), RunView.of(run)));
    Counts rows = rowCounts.of(project.id());
    RagCounts counts =
        new RagCounts(rows.pending(), rows.processing(), rows.ready(), rows.failed());
    Storage storage = storage();
    EmbeddingView chunks =
        embedding.of(project.id(), counts.pending() + counts.processing(), counts.failed());
    List<String> problems = problems(latest, counts, storage);
    if (chunks.provider() != null && chunks.provider().kind().equals("refused")) {
      problems.add("embedding pauses: " + chunks.provider().reason());
    }
    return new StatusView(
        problems.isEmpty(),
        problems,
        runs,
        counts,
        chunks,
        tables.oldestPending(project.id()).orElse(null),
        new Entities(rows.contacts(), rows.conversations(), rows.messages(), rows.chunks()),
        storage,
        tables.watermarks(project.id()));
  }

  /** What embedding cost, by day and model, the newest first. */
  @GetMapping("/jobs/embeddings/usage")
  List<EmbeddingView.Usage> usage(
      CallerProject project, @RequestParam(defaultValue = "30") int days) {
    if (days < 1 || days > 366) {
      throw ApiProblem.invalid("'days' must be 1 to 366.");
    }
    return embedding.usage(project.id(), days);
  }

  private Storage storage() {
    long bytes = tables.databaseBytes();
    double percent = Math.round(bytes * 10_000.0 / budgetBytes) / 100.0;
    return new Storage(bytes, budgetBytes, percent, percent >= alertPercent, tables.tableBytes());
  }

  private static List<String> problems(List<JobRun> latest, RagCounts counts, Storage storage) {
    List<String> problems = new ArrayList<>();
    for (JobRun run : latest) {
      if (run.status() == RunStatus.FAILED) {
        problems.add(run.jobType().wireName() + " failed: " + run.error());
      }
    }
    if (counts.failed() > 0) {
      problems.add(counts.failed() + " chunks could not be embedded");
    }
    if (storage.alert()) {
      problems.add("the database uses " + storage.usagePercent() + " % of its budget");
    }
    return problems;
  }
}
