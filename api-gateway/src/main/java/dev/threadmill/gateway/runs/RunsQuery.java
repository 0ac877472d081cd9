package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of runs, as they are sent.
 *
 * @param from requested at this time or later, ISO 8601 with an offset
 * @param to requested before this time
 * @param cursor from the page before
 * @param before a run's id: only those requested before it
 */
record RunsQuery(
    @Nullable String job,
    @Nullable String status,
    @Nullable String trigger,
    @Nullable String from,
    @Nullable String to,
    @Nullable String cursor,
    @Nullable UUID before,
    @Nullable Integer limit) {
  private static final int MAX_LIMIT = 200;
  private static final int DEFAULT_LIMIT = 50;

  int checkedLimit() {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > MAX_LIMIT) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MAX_LIMIT + ".");
    }
    return wanted;
  }

  @Nullable JobType jobType() {
    return job == null
        ? null
        : JobType.find(job)
            .orElseThrow(() -> ApiProblem.invalid("There is no job '" + shortened(job) + "'."));
  }

  @Nullable RunStatus runStatus() {
    return word("status", status, RunStatus::of);
  }

  @Nullable RunTrigger runTrigger() {
    return word("trigger", trigger, RunTrigger::of);
  }

  @Nullable Instant fromTime() {
    return time("from", from);
  }

  @Nullable Instant toTime() {
    return time("to", to);
  }

  private static <T> @Nullable T word(
      String name, @Nullable String text, Function<String, T> reading) {
    try {
      return text == null ? null : reading.apply(text);
    } catch (IllegalArgumentException unknown) {
      throw ApiProblem.invalid("There is no %s '%s'.".formatted(name, shortened(text)));
    }
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException unreadable) {
      throw ApiProblem.invalid(
          "'%s' is a time such as 2026-11-24T10:00:00Z, with its offset.".formatted(name));
    }
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
