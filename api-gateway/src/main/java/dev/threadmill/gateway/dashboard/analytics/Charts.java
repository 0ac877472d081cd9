package dev.threadmill.gateway.dashboard.analytics;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import dev.threadmill.gateway.analytics.Analytics;
import dev.threadmill.gateway.analytics.AnalyticsRow;
import dev.threadmill.gateway.dashboard.Shown;
import dev.threadmill.gateway.dashboard.analytics.Chart.Line;
import dev.threadmill.gateway.dashboard.analytics.Chart.Unit;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Makes charts of what was computed. */
final class Charts {
  /** More lines than these can't be told from each other. */
  private static final int MOST_LINES = 8;

  private static final String ANSWERED = "Of what was answered in the period.";
  private static final List<Measure> OF_GROUPS =
      List.of(
          Measure.OPENED,
          Measure.RESOLVED,
          Measure.BACKLOG,
          Measure.MESSAGES_IN,
          Measure.MESSAGES_OUT,
          Measure.RESPONSE_MEDIAN,
          Measure.RESPONSE_P90,
          Measure.RESOLUTION_MEDIAN,
          Measure.RESOLUTION_P90,
          Measure.SIGNALS);

  private final Analytics found;
  private final List<LocalDate> periods;

  private Charts(Analytics found) {
    this.found = found;
    this.periods = periods(found);
  }

  /** Of the project, several measures in one; of inboxes or agents, a line for each of them. */
  static List<Chart> of(Analytics found) {
    Charts charts = new Charts(found);
    return found.groupBy().size() == 1 ? charts.ofProject() : charts.ofGroups();
  }

  private List<Chart> ofProject() {
    Map<LocalDate, AnalyticsRow> rows = byPeriod(found.items());
    return List.of(
        chart(
            rows,
            "conversations",
            "Conversations",
            "The backlog is what is not resolved at the end of a period.",
            List.of(Measure.OPENED, Measure.RESOLVED, Measure.BACKLOG)),
        chart(rows, "messages", "Messages", "", List.of(Measure.MESSAGES_IN, Measure.MESSAGES_OUT)),
        chart(
            rows,
            "response",
            "First response",
            ANSWERED,
            List.of(
                Measure.RESPONSE_MEDIAN,
                Measure.RESPONSE_P90,
                Measure.RESPONSE_BUSINESS_MEDIAN,
                Measure.RESPONSE_BUSINESS_P90)),
        chart(
            rows,
            "resolution",
            "Resolution",
            "Of what was resolved in the period.",
            List.of(
                Measure.RESOLUTION_MEDIAN,
                Measure.RESOLUTION_P90,
                Measure.RESOLUTION_BUSINESS_MEDIAN,
                Measure.RESOLUTION_BUSINESS_P90)),
        signals(rows),
        chart(rows, "tokens", "Embedding tokens", "Days in UTC.", List.of(Measure.TOKENS)),
        chart(rows, "cost", "Embedding cost", "Days in UTC.", List.of(Measure.COST)));
  }

  private Chart chart(
      Map<LocalDate, AnalyticsRow> rows,
      String id,
      String title,
      String hint,
      List<Measure> measures) {
    List<Line> lines =
        measures.stream()
            .map(measure -> line(measure.line, measure, rows))
            // Business hours, where none are set.
            .filter(line -> !line.name().contains("business") || !line.nothing())
            .toList();
    return new Chart(id, title, measures.getFirst().unit.word(), hint, periods, lines);
  }

  private Line line(String name, Measure measure, Map<LocalDate, AnalyticsRow> rows) {
    List<@Nullable Number> values = new ArrayList<>();
    periods.forEach(period -> values.add(measure.of(rows.get(period))));
    return new Line(name, values);
  }

  private Chart signals(Map<LocalDate, AnalyticsRow> rows) {
    var types = new TreeSet<String>();
    rows.values().forEach(row -> types.addAll(row.signals().keySet()));
    List<Line> lines = new ArrayList<>();
    for (String type : types) {
      List<@Nullable Number> values = new ArrayList<>();
      for (LocalDate period : periods) {
        AnalyticsRow row = rows.get(period);
        values.add(row == null ? 0 : row.signals().getOrDefault(type, 0L));
      }
      lines.add(new Line(new Shown().words(type), values));
    }
    return new Chart(
        "signals",
        "Signals",
        Unit.COUNT.word(),
        "On the day they were seen first, without those that were dismissed.",
        periods,
        lines);
  }

  private List<Chart> ofGroups() {
    boolean inboxes = found.groupBy().contains("inbox");
    Map<String, Map<LocalDate, AnalyticsRow>> groups = new LinkedHashMap<>();
    found.items().stream().collect(groupingBy(row -> name(row, inboxes))).entrySet().stream()
        .sorted(Comparator.comparingLong(group -> -weight(group.getValue())))
        .limit(MOST_LINES)
        .forEach(group -> groups.put(group.getKey(), byPeriod(group.getValue())));
    return OF_GROUPS.stream()
        .map(
            measure -> {
              List<Line> lines = new ArrayList<>();
              groups.forEach((name, rows) -> lines.add(line(name, measure, rows)));
              String id = measure.name().toLowerCase(Locale.ROOT);
              return new Chart(id, measure.title, measure.unit.word(), "", periods, lines);
            })
        .toList();
  }

  private static String name(AnalyticsRow row, boolean inboxes) {
    Long id = inboxes ? row.inboxId() : row.agentId();
    String name = inboxes ? row.inbox() : row.agent();
    if (id == null) {
      return inboxes ? "No inbox" : "Nobody";
    }
    // Two may have one name.
    return (name == null ? (inboxes ? "Inbox" : "Agent") : name) + " (" + id + ")";
  }

  private static long weight(List<AnalyticsRow> rows) {
    return rows.stream()
        .mapToLong(row -> row.opened() + row.messagesIn() + row.messagesOut())
        .sum();
  }

  private static Map<LocalDate, AnalyticsRow> byPeriod(List<AnalyticsRow> rows) {
    return rows.stream().collect(toMap(AnalyticsRow::period, row -> row, (one, other) -> one));
  }

  /** All of them, as those without a row were quiet. */
  private static List<LocalDate> periods(Analytics found) {
    String step = found.groupBy().getFirst();
    LocalDate first =
        switch (step) {
          case "week" -> found.from().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
          case "month" -> found.from().withDayOfMonth(1);
          default -> found.from();
        };
    List<LocalDate> all = new ArrayList<>();
    for (LocalDate at = first; !at.isAfter(found.to()); at = next(at, step)) {
      all.add(at);
    }
    return all;
  }

  private static LocalDate next(LocalDate at, String step) {
    return switch (step) {
      case "week" -> at.plusWeeks(1);
      case "month" -> at.plusMonths(1);
      default -> at.plusDays(1);
    };
  }
}
