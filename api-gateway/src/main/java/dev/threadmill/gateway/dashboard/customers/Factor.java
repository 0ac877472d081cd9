package dev.threadmill.gateway.dashboard.customers;

import dev.threadmill.gateway.health.HealthDetail.FactorView;
import java.util.List;
import java.util.Locale;

/**
 * A factor as it is shown.
 *
 * @param evidence the first of what it rests on
 * @param more what is not shown of that
 */
record Factor(FactorView factor, List<Evidence> evidence, int more) {
  private static final int SHOWN = 6;
  private static final String MESSAGE = "cwmsg:";

  /**
   * A message or a signal.
   *
   * @param path behind the project's addresses
   */
  record Evidence(String path, String text) {
    static Evidence of(String id) {
      return id.startsWith(MESSAGE)
          ? new Evidence(
              "/customers/messages/" + id, "message " + id.substring(id.lastIndexOf(':') + 1))
          : new Evidence("/signals/" + id, "signal");
    }
  }

  static Factor of(FactorView factor) {
    return new Factor(
        factor,
        factor.evidence().stream().limit(SHOWN).map(Evidence::of).toList(),
        Math.max(0, factor.evidence().size() - SHOWN));
  }

  public String value() {
    return "%s %s".formatted(number(factor.value()), factor.unit());
  }

  public String risk() {
    return String.format(Locale.ENGLISH, "%.2f", factor.risk());
  }

  /** The risk, of 100. */
  public long percent() {
    return Math.round(factor.risk() * 100);
  }

  public String points() {
    return number(factor.points());
  }

  public String share() {
    return Math.round(factor.share() * 100) + " %";
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ENGLISH, "%,.0f", value)
        : String.format(Locale.ENGLISH, "%,.1f", value);
  }
}
