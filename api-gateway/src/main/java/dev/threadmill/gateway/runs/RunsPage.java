package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunFilter.Position;
import dev.threadmill.gateway.page.Cursor;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page of the run log.
 *
 * @param nextCursor for the next page; null on the last
 */
public record RunsPage(List<RunView> items, @Nullable String nextCursor) {
  static RunsPage of(List<JobRun> runs, int limit) {
    return new RunsPage(
        runs.stream().map(RunView::of).toList(),
        runs.size() < limit ? null : cursor(runs.getLast()));
  }

  private static String cursor(JobRun last) {
    return Cursor.of(last.requestedAt(), last.id());
  }

  /**
   * The place that a cursor stands for; null for the first page.
   *
   * @throws dev.threadmill.gateway.problem.ApiProblem when it is none of ours
   */
  static @Nullable Position position(@Nullable String cursor) {
    return Cursor.read(
        cursor, keys -> new Position(Cursor.time(keys[0]), UUID.fromString(keys[1])));
  }
}
