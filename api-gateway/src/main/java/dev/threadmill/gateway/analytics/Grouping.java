package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.problem.ApiProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is summed up in one row.
 *
 * @param unit the time of a row
 */
record Grouping(Unit unit, boolean byInbox, boolean byAgent) {
  /** How much time; {@link #TOTAL} is all that is asked for. */
  enum Unit {
    DAY,
    WEEK,
    MONTH,
    TOTAL;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Words with commas between them; none: by day. Without a time, inboxes and agents have a total.
   */
  static Grouping of(@Nullable String words) {
    Unit unit = null;
    boolean byInbox = false;
    boolean byAgent = false;
    for (String word : (words == null ? Unit.DAY.word() : words).split(",", -1)) {
      switch (word) {
        case "inbox" -> byInbox = true;
        case "agent" -> byAgent = true;
        default -> {
          if (unit != null) {
            throw refused();
          }
          unit = unit(word);
        }
      }
    }
    return new Grouping(unit == null ? Unit.TOTAL : unit, byInbox, byAgent);
  }

  private static Unit unit(String word) {
    for (Unit unit : Unit.values()) {
      if (unit.word().equals(word)) {
        return unit;
      }
    }
    throw refused();
  }

  private static ApiProblem refused() {
    return ApiProblem.invalid(
        "'group_by' has words with commas between them: one of day, week, month and total, and inbox, agent or both.");
  }

  /** Whether a row is of the whole project. */
  boolean ofProject() {
    return !byInbox && !byAgent;
  }

  List<String> words() {
    List<String> words = new ArrayList<>(List.of(unit.word()));
    if (byInbox) {
      words.add("inbox");
    }
    if (byAgent) {
      words.add("agent");
    }
    return words;
  }
}
