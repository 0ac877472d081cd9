package dev.threadmill.gateway.health;

import java.time.LocalDate;
import java.util.List;

/**
 * How a contact is, and why.
 *
 * @param formulaVersion of the formula that made the calculated score
 * @param factors of which the calculated score is made; those that are missing give their weight to
 *     the others
 * @param history calculated scores, the latest first; a day without one is as the one before
 */
public record HealthDetail(
    HealthScoreView health, int formulaVersion, List<FactorView> factors, List<Day> history) {
  /**
   * @param name such as {@code unanswered}
   * @param weight as the project has it
   * @param share 0 to 1: the part of all weight that it has in this score
   * @param value the raw value, in its unit
   * @param risk 0 (fine) to 1
   * @param points by which it lowers the score
   * @param evidence global ids of messages, or ids of signals
   */
  public record FactorView(
      String name,
      int weight,
      double share,
      double value,
      String unit,
      double risk,
      double points,
      String explanation,
      List<String> evidence) {}

  /** A score at the end of a day, in the project's time zone. */
  public record Day(LocalDate day, int score) {}
}
