package dev.threadmill.gateway.dashboard.analytics;

import dev.threadmill.gateway.analytics.AnalyticsRow;
import dev.threadmill.gateway.dashboard.analytics.Chart.Unit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A number that rows have, with its name and unit. */
enum Measure {
  OPENED("Opened", "Conversations opened", Unit.COUNT, AnalyticsRow::opened),
  RESOLVED("Resolved", "Conversations resolved", Unit.COUNT, AnalyticsRow::resolved),
  BACKLOG("Backlog at the end", "Backlog at the end", Unit.COUNT, AnalyticsRow::backlog),
  MESSAGES_IN("In", "Messages in", Unit.COUNT, AnalyticsRow::messagesIn),
  MESSAGES_OUT("Out", "Messages out", Unit.COUNT, AnalyticsRow::messagesOut),
  RESPONSE_MEDIAN(
      "Median", "First response, median", Unit.SECONDS, AnalyticsRow::firstResponseSecondsMedian),
  RESPONSE_P90(
      "90 of 100 within",
      "First response, 90 of 100 within",
      Unit.SECONDS,
      AnalyticsRow::firstResponseSecondsP90),
  RESPONSE_BUSINESS_MEDIAN(
      "Median, business hours",
      "First response, median of business hours",
      Unit.SECONDS,
      AnalyticsRow::firstResponseBusinessSecondsMedian),
  RESPONSE_BUSINESS_P90(
      "90 of 100 within, business hours",
      "First response, 90 of 100 within so many business hours",
      Unit.SECONDS,
      AnalyticsRow::firstResponseBusinessSecondsP90),
  RESOLUTION_MEDIAN(
      "Median", "Resolution, median", Unit.SECONDS, AnalyticsRow::resolutionSecondsMedian),
  RESOLUTION_P90(
      "90 of 100 within",
      "Resolution, 90 of 100 within",
      Unit.SECONDS,
      AnalyticsRow::resolutionSecondsP90),
  RESOLUTION_BUSINESS_MEDIAN(
      "Median, business hours",
      "Resolution, median of business hours",
      Unit.SECONDS,
      AnalyticsRow::resolutionBusinessSecondsMedian),
  RESOLUTION_BUSINESS_P90(
      "90 of 100 within, business hours",
      "Resolution, 90 of 100 within so many business hours",
      Unit.SECONDS,
      AnalyticsRow::resolutionBusinessSecondsP90),
  SIGNALS(
      "Signals",
      "Signals",
      Unit.COUNT,
      row -> row.signals().values().stream().mapToLong(Long::longValue).sum()),
  TOKENS("Tokens", "Embedding tokens", Unit.COUNT, AnalyticsRow::embeddingTokens),
  COST("Cost", "Embedding cost", Unit.USD, AnalyticsRow::embeddingCostUsd);

  /** Beside others in a chart. */
  final String line;

  /** Of a chart of its own. */
  final String title;

  final Unit unit;
  private final Function<AnalyticsRow, @Nullable Number> value;

  Measure(String line, String title, Unit unit, Function<AnalyticsRow, @Nullable Number> value) {
    this.line = line;
    this.title = title;
    this.unit = unit;
    this.value = value;
  }

  /** Where a period has no row, nothing was counted, and no time was measured. */
  @Nullable Number of(@Nullable AnalyticsRow row) {
    return row == null ? (unit == Unit.SECONDS ? null : Long.valueOf(0)) : value.apply(row);
  }
}
