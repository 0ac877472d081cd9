package dev.threadmill.gateway.health;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a project is: the mean of its active contacts' scores, with what people say in the place of
 * the formula.
 *
 * @param score null while there are no active contacts
 * @param contacts how many active ones have a score
 * @param history of the calculated scores, the latest first; a day without one is as the one before
 */
public record ProjectHealth(
    @Nullable Double score,
    @Nullable String tier,
    int contacts,
    Tiers tiers,
    List<ProjectDay> history) {
  /** How many contacts are in each. */
  public record Tiers(int healthy, int watch, int atRisk, int critical) {}

  /** A project at the end of a day, in its time zone. */
  public record ProjectDay(LocalDate day, @Nullable Double score, int contacts, Tiers tiers) {}

  static @Nullable Double mean(long sum, int contacts) {
    return contacts == 0 ? null : Math.round(10.0 * sum / contacts) / 10.0;
  }
}
