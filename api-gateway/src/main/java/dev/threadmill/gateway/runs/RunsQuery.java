package dev.threadmill.gateway.runs;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunStatus;
import dev.threadmill.core.job.RunTrigger;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
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
public record RunsQuery(
    @Schema(
            allowableValues = {
              "chatwoot_sync",
              "embeddings_run",
              "signals_extraction",
              "health_scoring",
              "campaign_scheduler",
              "analytics_aggregates"
            })
        @Nullable String job,
    @Schema(allowableValues = {"queued", "running", "ok", "partial", "failed", "cancelled"})
        @Nullable String status,
    @Schema(allowableValues = {"manual", "schedule", "webhook", "cascade"})
        @Nullable String trigger,
    @Nullable String from,
    @Nullable String to,
    @Nullable String cursor,
    @Nullable UUID before,
    @Nullable Integer limit) {
  int checkedLimit() {
    return Parameters.limit(limit);
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
    return Parameters.time("from", from);
  }

  @Nullable Instant toTime() {
    return Parameters.time("to", to);
  }

  private static <T> @Nullable T word(
      String name, @Nullable String text, Function<String, T> reading) {
    try {
      return text == null ? null : reading.apply(text);
    } catch (IllegalArgumentException unknown) {
      throw ApiProblem.invalid("There is no %s '%s'.".formatted(name, shortened(text)));
    }
  }

  private static String shortened(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "…" : text;
  }
}
