package dev.threadmill.core.schedule;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.scheduling.support.CronExpression;

/**
 * A cron expression in a time zone. When the clocks change, no run is lost or doubled:
 *
 * <ul>
 *   <li>a fixed time that the clocks skip runs at the moment of the change;
 *   <li>a fixed time that comes twice runs the first time;
 *   <li>an expression for every hour goes on in real time.
 * </ul>
 *
 * @param everyHour whether the hours are not fixed
 */
public record Cron(CronExpression expression, ZoneId zone, boolean everyHour) implements Cadence {
  /** Two changes a year: the 29th of February is at most eight years away. */
  private static final int MAX_CHANGES = 40;

  /** Longer than anybody writes. */
  private static final int MAX_LENGTH = 200;

  /**
   * How each hour of the day is written. Every second hour is a fixed time: which hours it means
   * depends on the time of day.
   */
  private static final Set<String> EACH_HOUR = Set.of("*", "*/1", "0-23", "0/1", "0-23/1");

  /**
   * Reads five fields (minute first), six (second first), or a macro such as {@code @daily}.
   *
   * @throws IllegalArgumentException with a sentence for the user
   */
  public static Cron parse(String text, String timeZone) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a cron expression has at most " + MAX_LENGTH + " characters");
    }
    String[] fields = text.trim().split("\\s+", -1);
    String six = fields.length == 5 ? "0 " + text.trim() : text.trim();
    try {
      boolean everyHour =
          fields.length == 1 ? six.equals("@hourly") : EACH_HOUR.contains(six.split("\\s+", -1)[2]);
      return new Cron(CronExpression.parse(six), ZoneId.of(timeZone), everyHour);
    } catch (DateTimeException unknown) {
      throw new IllegalArgumentException("there is no time zone '" + timeZone + "'", unknown);
    } catch (RuntimeException unusable) {
      throw new IllegalArgumentException(
          "'" + text + "' is no cron expression of five or six fields", unusable);
    }
  }

  @Override
  public Optional<Instant> next(Instant point, Instant after) {
    return point.isAfter(after) ? Optional.of(point) : nextAfter(after);
  }

  /** Looks through the spans between two changes of the clocks, in each of which days are plain. */
  private Optional<Instant> nextAfter(Instant after) {
    ZoneRules rules = zone.getRules();
    Instant from = after;
    LocalDateTime local = firstUncovered(rules, after);
    for (int changes = 0; changes < MAX_CHANGES; changes++) {
      LocalDateTime next = expression.next(local);
      if (next == null) {
        return Optional.empty();
      }
      Instant candidate = next.toInstant(rules.getOffset(from));
      ZoneOffsetTransition change = rules.nextTransition(from);
      if (change == null || candidate.isBefore(change.getInstant())) {
        return Optional.of(candidate);
      }
      if (change.isGap() && !everyHour && next.isBefore(change.getDateTimeAfter())) {
        return Optional.of(change.getInstant());
      }
      from = change.getInstant();
      local = startOf(change).minusNanos(1);
    }
    return Optional.empty();
  }

  /** Whether it runs at this moment because the clocks skip such a time of day. */
  boolean makesUpFor(Instant time, Predicate<LocalDateTime> such) {
    ZoneOffsetTransition change = zone.getRules().nextTransition(time.minusNanos(1));
    if (everyHour || change == null || !change.isGap() || !change.getInstant().equals(time)) {
      return false;
    }
    LocalDateTime skipped = expression.next(change.getDateTimeBefore().minusNanos(1));
    while (skipped != null && skipped.isBefore(change.getDateTimeAfter())) {
      if (such.test(skipped)) {
        return true;
      }
      skipped = expression.next(skipped);
    }
    return false;
  }

  private LocalDateTime firstUncovered(ZoneRules rules, Instant after) {
    LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
    ZoneOffsetTransition before = rules.previousTransition(after.plusNanos(1));
    if (before == null) {
      return local;
    }
    LocalDateTime start = startOf(before).minusNanos(1);
    return local.isBefore(start) ? start : local;
  }

  /** The first time of day after a change that did not run before it. */
  private LocalDateTime startOf(ZoneOffsetTransition change) {
    return change.isGap() || everyHour ? change.getDateTimeAfter() : change.getDateTimeBefore();
  }
}
