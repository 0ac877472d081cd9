package dev.threadmill.gateway.page;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor for the next page; null on the last
 */
public record Page<T>(List<T> items, @Nullable String nextCursor) {
  /**
   * @param limit that the items were asked for with: fewer of them are the last page
   * @param cursor of the last item
   */
  public static <T> Page<T> of(List<T> items, int limit, Function<T, String> cursor) {
    return new Page<>(items, items.size() < limit ? null : cursor.apply(items.getLast()));
  }
}
