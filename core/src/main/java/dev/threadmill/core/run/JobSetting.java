package dev.threadmill.core.run;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A setting that a job knows: what may stand in the payload of its runs.
 *
 * @param name in snake_case
 * @param min the smallest number, or the shortest text
 * @param max the largest number, or the longest text
 */
public record JobSetting(String name, Kind kind, long min, long max) {
  /** What kind of value it has. */
  public enum Kind {
    INTEGER,
    BOOLEAN,
    TEXT
  }

  public static JobSetting integer(String name, long min, long max) {
    return new JobSetting(name, Kind.INTEGER, min, max);
  }

  public static JobSetting flag(String name) {
    return new JobSetting(name, Kind.BOOLEAN, 0, 0);
  }

  public static JobSetting text(String name, int longest) {
    return new JobSetting(name, Kind.TEXT, 0, longest);
  }

  /** A sentence that says what is wrong with a value; null when nothing is. */
  public @Nullable String complaint(@Nullable Object value) {
    return switch (kind) {
      case BOOLEAN -> value instanceof Boolean ? null : "'%s' is true or false".formatted(name);
      case TEXT ->
          value instanceof String text && text.length() >= min && text.length() <= max
              ? null
              : "'%s' is a text of %d to %d characters".formatted(name, min, max);
      case INTEGER ->
          whole(value) ? null : "'%s' is a whole number from %d to %d".formatted(name, min, max);
    };
  }

  private boolean whole(@Nullable Object value) {
    if (!(value instanceof Integer) && !(value instanceof Long)) {
      return false;
    }
    var number = new BigDecimal(value.toString());
    return number.compareTo(BigDecimal.valueOf(min)) >= 0
        && number.compareTo(BigDecimal.valueOf(max)) <= 0;
  }
}
