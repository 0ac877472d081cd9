package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.security.CallerProject;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
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
  private static final MediaType CSV =
      MediaType.parseMediaType("text/csv; charset=utf-8; header=present");

  private final AnalyticsNumbers numbers;

  AnalyticsController(AnalyticsNumbers numbers) {
    this.numbers = numbers;
  }

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
      @Parameter(schema = @Schema(allowableValues = {"json", "csv"}))
          @RequestParam(required = false)
          @Nullable String format) {
    boolean asCsv = "csv".equals(Parameters.word("format", format, List.of("json", "csv")));
    Analytics found = numbers.read(project.id(), from, to, groupBy);
    if (asCsv) {
      return ResponseEntity.ok()
          .contentType(CSV)
          .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"analytics.csv\"")
          .body(numbers.csv(found));
    }
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(found);
  }
}
