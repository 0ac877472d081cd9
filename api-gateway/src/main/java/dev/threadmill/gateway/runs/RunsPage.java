package dev.threadmill.gateway.runs;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.core.run.RunFilter.Position;
import dev.threadmill.gateway.problem.ApiProblem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page of the run log.
 *
 * @param nextCursor for the next page; null on the last
 */
record RunsPage(List<RunView> items, @Nullable String nextCursor) {
  static RunsPage of(List<JobRun> runs, int limit) {
    return new RunsPage(
        runs.stream().map(RunView::of).toList(),
        runs.size() < limit ? null : cursor(runs.getLast()));
  }

  private static String cursor(JobRun last) {
    String place = last.requestedAt() + " " + last.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The place that a cursor stands for.
   *
   * @throws ApiProblem when it is none of ours
   */
  static Position position(String cursor) {
    try {
      String[] place =
          new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
      return new Position(Instant.parse(place[0]), UUID.fromString(place[1]));
    } catch (RuntimeException unreadable) {
      throw ApiProblem.invalid("'cursor' is not one that a page of runs came with.");
    }
  }
}
