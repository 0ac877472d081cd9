package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.analytics.AnalyticsTables.Present;
import dev.threadmill.gateway.problem.ApiProblem;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The numbers of a project, as callers and pages ask for them. */
@Component
public class AnalyticsNumbers {
  /** They are in memory at once. */
  private static final int MOST_ROWS = 10_000;

  private final AnalyticsTables tables;
  private final AnalyticsCsv csv;

  AnalyticsNumbers(AnalyticsTables tables, AnalyticsCsv csv) {
    this.tables = tables;
    this.csv = csv;
  }

  /** Which day it is where the project is. */
  public LocalDate today(UUID project) {
    return tables.present(project).today();
  }

  /**
   * What was computed.
   *
   * @param from a day; null: 29 days before the last
   * @param to a day; null: today
   * @param groupBy words with commas between them; null: by day
   * @throws ApiProblem when one of them can't be, or too much is asked for
   */
  public Analytics read(
      UUID project, @Nullable String from, @Nullable String to, @Nullable String groupBy) {
    Grouping grouping = Grouping.of(groupBy);
    Present present = tables.present(project);
    Days days = Days.of(from, to, present.today());
    List<AnalyticsRow> rows = tables.rows(project, days, grouping, MOST_ROWS + 1);
    if (rows.size() > MOST_ROWS) {
      throw ApiProblem.invalid(
          "These are more than %,d rows; ask for less time, or group by week, month or total."
              .formatted(MOST_ROWS));
    }
    return new Analytics(
        days.from(), days.to(), grouping.words(), present.timeZone(), present.upToDate(), rows);
  }

  /** Its rows as a CSV file. */
  public String csv(Analytics found) {
    return csv.write(found.items());
  }
}
