package dev.threadmill.gateway.dashboard.analytics;

import dev.threadmill.gateway.dashboard.Shown;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Numbers over time: drawn by a script, and told by the table under it.
 *
 * @param id of its place on the page
 * @param unit count, seconds or usd
 * @param hint what to know of it
 * @param periods their first days
 */
record Chart(
    String id, String title, String unit, String hint, List<LocalDate> periods, List<Line> lines) {
  private static final Shown SHOWN = new Shown();

  /** What the values are. */
  enum Unit {
    COUNT,
    SECONDS,
    USD;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One of its lines.
   *
   * @param values of the periods; null: there is none
   */
  record Line(String name, List<@Nullable Number> values) {
    public boolean nothing() {
      return values.stream().allMatch(value -> value == null || value.doubleValue() == 0);
    }
  }

  /** Whether there is nothing to draw. */
  public boolean nothing() {
    return lines.stream().allMatch(Line::nothing);
  }

  /** A value as it is written. */
  public String text(@Nullable Number value) {
    if (value == null) {
      return "–";
    }
    return switch (unit) {
      case "seconds" -> SHOWN.seconds(Math.round(value.doubleValue()));
      case "usd" -> SHOWN.usd(new BigDecimal(Objects.toString(value)));
      default -> SHOWN.number(value.longValue());
    };
  }
}
