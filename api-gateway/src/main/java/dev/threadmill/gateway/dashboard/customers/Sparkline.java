package dev.threadmill.gateway.dashboard.customers;

import dev.threadmill.gateway.health.HealthDetail.Day;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Scores by day as a line, and in words. A day without a score is as the one before.
 *
 * @param points of the line, as SVG has them
 * @param text the same for who does not see it
 */
record Sparkline(String points, String text, LocalDate from, LocalDate to) {
  static final int WIDTH = 600;
  static final int HEIGHT = 100;

  /**
   * @param history at least one day, in any order
   * @param today up to where the last score holds
   */
  static Sparkline of(List<Day> history, LocalDate today) {
    List<Day> days = history.stream().sorted(Comparator.comparing(Day::day)).toList();
    LocalDate from = days.getFirst().day();
    LocalDate last = days.getLast().day();
    LocalDate to = last.isAfter(today) ? last : today;
    long length = Math.max(1, to.toEpochDay() - from.toEpochDay());
    List<String> points = new ArrayList<>();
    int before = days.getFirst().score();
    points.add(point(0, before));
    for (Day one : days) {
      double x = (double) (one.day().toEpochDay() - from.toEpochDay()) * WIDTH / length;
      points.add(point(x, before));
      points.add(point(x, one.score()));
      before = one.score();
    }
    points.add(point(WIDTH, before));
    return new Sparkline(String.join(" ", points), words(days), from, to);
  }

  private static String point(double x, int score) {
    return String.format(Locale.ROOT, "%.1f,%d", x, HEIGHT - score);
  }

  private static String words(List<Day> days) {
    return "From %d to %d, the lowest %d, the highest %d"
        .formatted(
            days.getFirst().score(),
            days.getLast().score(),
            days.stream().mapToInt(Day::score).min().orElse(0),
            days.stream().mapToInt(Day::score).max().orElse(0));
  }
}
