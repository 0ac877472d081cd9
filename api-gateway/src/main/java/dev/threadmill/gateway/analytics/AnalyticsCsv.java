package dev.threadmill.gateway.analytics;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.page.SpreadsheetText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;
import tools.jackson.dataformat.csv.CsvWriteFeature;

/** Rows as a CSV file (RFC 4180) whose first line names the columns. */
@Component
class AnalyticsCsv {
  private static final String SIGNALS = "signals_";

  private static final List<String> TYPES = SignalType.wireNames().stream().sorted().toList();

  private static final List<String> COLUMNS =
      Stream.of(
              Stream.of(
                  "period",
                  "inbox_id",
                  "inbox",
                  "agent_id",
                  "agent",
                  "opened",
                  "resolved",
                  "reopened",
                  "backlog",
                  "messages_in",
                  "messages_out",
                  "contacts",
                  "first_response_seconds_median",
                  "first_response_seconds_p90",
                  "first_response_business_seconds_median",
                  "first_response_business_seconds_p90",
                  "resolution_seconds_median",
                  "resolution_seconds_p90",
                  "resolution_business_seconds_median",
                  "resolution_business_seconds_p90"),
              TYPES.stream().map(SIGNALS::concat),
              Stream.of("embedding_tokens", "embedding_cost_usd"))
          .flatMap(names -> names)
          .toList();

  private final ObjectWriter csv;

  AnalyticsCsv() {
    CsvSchema.Builder columns = CsvSchema.builder();
    COLUMNS.forEach(columns::addColumn);
    this.csv =
        CsvMapper.builder()
            .enable(CsvWriteFeature.STRICT_CHECK_FOR_QUOTING)
            .build()
            .writer(columns.build().withHeader().withLineSeparator("\r\n"));
  }

  String write(List<AnalyticsRow> rows) {
    List<List<@Nullable Object>> lines = new ArrayList<>();
    rows.forEach(row -> lines.add(cells(row)));
    return csv.writeValueAsString(lines);
  }

  private static List<@Nullable Object> cells(AnalyticsRow row) {
    List<@Nullable Object> cells =
        new ArrayList<>(
            Arrays.<@Nullable Object>asList(
                row.period().toString(),
                row.inboxId(),
                SpreadsheetText.harmless(row.inbox()),
                row.agentId(),
                SpreadsheetText.harmless(row.agent()),
                row.opened(),
                row.resolved(),
                row.reopened(),
                row.backlog(),
                row.messagesIn(),
                row.messagesOut(),
                row.contacts(),
                row.firstResponseSecondsMedian(),
                row.firstResponseSecondsP90(),
                row.firstResponseBusinessSecondsMedian(),
                row.firstResponseBusinessSecondsP90(),
                row.resolutionSecondsMedian(),
                row.resolutionSecondsP90(),
                row.resolutionBusinessSecondsMedian(),
                row.resolutionBusinessSecondsP90()));
    TYPES.forEach(type -> cells.add(row.signals().getOrDefault(type, 0L)));
    cells.add(row.embeddingTokens());
    BigDecimal cost = row.embeddingCostUsd();
    cells.add(cost == null ? null : cost.toPlainString());
    return cells;
  }
}
