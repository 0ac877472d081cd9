package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.analytics.AnalyticsTables.Present;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The numbers of a project by days; docs/analytics.md says what each of them means. */
@RestController
class AnalyticsController {
  /** They are in memory at once. */
  private static final int MOST_ROWS = 10_000;

  private static final MediaType CSV =
      MediaType.parseMediaType("text/csv; charset=utf-8; header=present");

  private final AnalyticsTables tables;
  private final AnalyticsCsv csv;

  AnalyticsController(AnalyticsTables tables, AnalyticsCsv csv) {
    this.tables = tables;
    this.csv = csv;
  }

  /**
   * What was found.
   *
   * @param timeZone in which days begin and end
   * @param upToDate whether everything that changed is in the numbers; if not, the next run of
   *     {@code analytics_aggregates} puts it there
   */
  record Analytics(
      LocalDate from,
      LocalDate to,
      List<String> groupBy,
      String timeZone,
      boolean upToDate,
      List<AnalyticsRow> items) {}

  /**
   * By time, then inbox and agent.
   *
   * @param from the first day, such as 2026-11-01, in the project's time zone; by default 29 days
   *     before the last
   * @param to the last day, included; by default today
   * @param groupBy {@code day}, {@code week}, {@code month} or {@code total}, and {@code inbox},
   *     {@code agent} or both, with commas between them; {@code day} by default
   * @param format {@code json}, the default, or {@code csv}
   */
  @ApiResponse(
      responseCode = "200",
      description = "As JSON, or as a CSV file with the items as its lines.",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = Analytics.class)),
        @Content(mediaType = "text/csv", schema = @Schema(type = "string"))
      })
  @GetMapping("/analytics/daily")
  ResponseEntity<?> daily(
      CallerProject project,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(name = "group_by", required = false) @Nullable String groupBy,
      @RequestParam(required = false) @Nullable String format) {
    boolean asCsv = "csv".equals(Parameters.word("format", format, List.of("json", "csv")));
    Grouping grouping = Grouping.of(groupBy);
    Present present = tables.present(project.id());
    Days days = Days.of(from, to, present.today());
    List<AnalyticsRow> rows = tables.rows(project.id(), days, grouping, MOST_ROWS + 1);
    if (rows.size() > MOST_ROWS) {
      throw ApiProblem.invalid(
          "These are more than %,d rows; ask for less time, or group by week, month or total."
              .formatted(MOST_ROWS));
    }
    if (asCsv) {
      return ResponseEntity.ok()
          .contentType(CSV)
          .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"analytics.csv\"")
          .body(csv.write(rows));
    }
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(
            new Analytics(
                days.from(),
                days.to(),
                grouping.words(),
                present.timeZone(),
                present.upToDate(),
                rows));
  }
}
