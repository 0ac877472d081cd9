package dev.threadmill.gateway.analytics;

import dev.threadmill.gateway.problem.ApiProblem;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When the team works, by the clock of the project's time zone.
 *
 * @param days mon to sun
 * @param from {@code HH:MM}
 * @param until {@code HH:MM}, later on the same day; 24:00 is its end
 */
record BusinessHours(
    @Nullable List<@Nullable String> days, @Nullable String from, @Nullable String until) {
  private static final List<String> WEEK = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Pattern CLOCK = Pattern.compile("([01][0-9]|2[0-3]):[0-5][0-9]");
  private static final String END = "24:00";

  /** The days of the week, from 1, which is Monday. */
  static BusinessHours of(List<Integer> numbers, String from, String until) {
    return new BusinessHours(
        numbers.stream().sorted().<@Nullable String>map(number -> WEEK.get(number - 1)).toList(),
        from,
        until);
  }

  /**
   * @throws ApiProblem naming what can't be
   */
  void check() {
    if (days == null
        || days.isEmpty()
        || !days.stream().allMatch(day -> day != null && WEEK.contains(day))) {
      throw ApiProblem.invalid("The 'days' of 'business_hours' are some of mon to sun.");
    }
    if (from == null
        || until == null
        || !CLOCK.matcher(from).matches()
        || !(END.equals(until) || CLOCK.matcher(until).matches())
        || from.compareTo(until) >= 0) {
      throw ApiProblem.invalid(
          "'business_hours' have 'from' and 'until' on the same day, such as 09:00 and 17:30; 24:00 is its end.");
    }
  }

  /** The numbers of its days. */
  List<Integer> numbers() {
    return days == null
        ? List.of()
        : days.stream().distinct().map(day -> WEEK.indexOf(day) + 1).sorted().toList();
  }
}
