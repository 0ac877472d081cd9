package dev.threadmill.gateway.page;

import dev.threadmill.gateway.problem.ApiProblem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list, as the text that callers hand back: the sort keys of the last item they saw.
 * It holds no more than they have seen, and stays valid when that item goes.
 */
public final class Cursor {
  private static final String SEPARATOR = " ";
  private static final int MAX_LENGTH = 500;

  private Cursor() {}

  /** The cursor of an item with these sort keys, which hold no blanks. */
  public static String of(Object... keys) {
    String place = Arrays.stream(keys).map(String::valueOf).collect(Collectors.joining(SEPARATOR));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a cursor stands for; null for the first page.
   *
   * @param reading makes a place of the sort keys; whatever it throws means that they are none
   * @throws ApiProblem when it is none of ours
   */
  public static <T> @Nullable T read(@Nullable String cursor, Function<String[], T> reading) {
    if (cursor == null) {
      return null;
    }
    try {
      String place = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (place.length() <= MAX_LENGTH && place.indexOf('\0') < 0) {
        return reading.apply(place.split(SEPARATOR, -1));
      }
    } catch (RuntimeException unreadable) {
      // As below.
    }
    throw ApiProblem.invalid("'cursor' is not one that a page of this list came with.");
  }

  /** A time among the keys. */
  public static Instant time(String key) {
    Instant time = Instant.parse(key);
    if (!Parameters.possible(time)) {
      throw new IllegalArgumentException("out of range");
    }
    return time;
  }
}
