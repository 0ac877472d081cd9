package dev.threadmill.gateway.dashboard.analytics;

import dev.threadmill.gateway.analytics.Analytics;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the form of the page sends; what is blank does not count.
 *
 * @param from the first day, in the project's time zone
 * @param to the last day
 * @param step day, week or month
 * @param by inbox or agent
 */
record AnalyticsForm(
    @Nullable String from, @Nullable String to, @Nullable String step, @Nullable String by) {
  static final List<String> STEPS = List.of("day", "week", "month");
  static final List<String> GROUPS = List.of("inbox", "agent");

  /** A period that a link asks for. */
  record Preset(String title, String from, String to) {}

  @Nullable String firstDay() {
    return orNull(from);
  }

  @Nullable String lastDay() {
    return orNull(to);
  }

  public String unit() {
    String chosen = orNull(step);
    return chosen == null ? "day" : chosen;
  }

  /** Of whom the lines are; empty: of the project. */
  public String group() {
    String chosen = orNull(by);
    return chosen == null ? "" : chosen;
  }

  /** As the API has it, which says what can't be. */
  String words() {
    return group().isEmpty() ? unit() : unit() + "," + group();
  }

  /** The same for links. */
  static String query(Analytics found, AnalyticsForm form) {
    return "from=%s&to=%s&step=%s&by=%s"
        .formatted(found.from(), found.to(), form.unit(), form.group());
  }

  static List<Preset> presets(LocalDate today) {
    return List.of(
        preset("7 days", today, today.minusDays(6)),
        preset("30 days", today, today.minusDays(29)),
        preset("90 days", today, today.minusDays(89)),
        preset("A year", today, today.minus(1, ChronoUnit.YEARS).plusDays(1)));
  }

  private static Preset preset(String title, LocalDate today, LocalDate first) {
    return new Preset(title, first.toString(), today.toString());
  }

  private static @Nullable String orNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }
}
