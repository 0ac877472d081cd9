package dev.threadmill.gateway.page;

import dev.threadmill.gateway.problem.ApiProblem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Checks what lists are asked with; a value that can't be is refused by name. */
public final class Parameters {
  /** Items of a page at the most. */
  public static final int MOST = 200;

  private static final int DEFAULT_LIMIT = 50;
  private static final int MAX_TEXT = 255;
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private Parameters() {}

  /** Items of a page: 1 to 200, 50 by default. */
  public static int limit(@Nullable Integer limit) {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > MOST) {
      throw ApiProblem.invalid("'limit' must be 1 to " + MOST + ".");
    }
    return wanted;
  }

  /** A time in ISO 8601 with its offset. */
  public static @Nullable Instant time(String name, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (possible(time)) {
        return time;
      }
    } catch (DateTimeException unreadable) {
      // As below.
    }
    throw ApiProblem.invalid(
        "'%s' is a time such as 2026-11-24T10:00:00Z, with its offset, between the years 1970 and 9999."
            .formatted(name));
  }

  /** Whether PostgreSQL has such a time and Chatwoot could. */
  static boolean possible(Instant time) {
    return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
  }

  /** One of the words that there are. */
  public static @Nullable String word(
      String name, @Nullable String text, Collection<String> words) {
    if (text != null && !words.contains(text)) {
      throw ApiProblem.invalid("'%s' must be one of %s.".formatted(name, String.join(", ", words)));
    }
    return text;
  }

  /** A text that a column may hold. */
  public static @Nullable String text(String name, @Nullable String text) {
    // U+0000 can't be compared in PostgreSQL.
    if (text != null && (text.length() > MAX_TEXT || text.indexOf('\0') >= 0)) {
      throw ApiProblem.invalid(
          "'%s' has at most %d characters, none of them U+0000.".formatted(name, MAX_TEXT));
    }
    return text;
  }
}
