package dev.threadmill.gateway.health;

import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a list of health scores, as they are sent.
 *
 * @param tier {@code healthy}, {@code watch}, {@code at_risk} or {@code critical}
 * @param min scores from this one on
 * @param max scores up to this one
 * @param order {@code worst}, the default, or {@code best}: which come first
 * @param cursor from the page before
 * @param limit 1 to 200, 50 by default
 */
public record HealthQuery(
    @Schema(allowableValues = {"healthy", "watch", "at_risk", "critical"}) @Nullable String tier,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer min,
    @Schema(minimum = "0", maximum = "100") @Nullable Integer max,
    @Schema(allowableValues = {"worst", "best"}) @Nullable String order,
    @Nullable String cursor,
    @Nullable Integer limit) {
  private static final String BEST = "best";
  private static final String WORST = "worst";

  /** A contact in the list. */
  record Place(int score, String contact) {}

  /** What passes. */
  record Filter(int from, int to, boolean bestFirst, @Nullable Place after) {}

  Filter filter() {
    int from = bound("min", min, 0);
    int to = bound("max", max, 100);
    Tier wanted = Tier.read(tier);
    if (wanted != null) {
      from = Math.max(from, wanted.from());
      to = Math.min(to, wanted.to());
    }
    Place after = Cursor.read(cursor, this::place);
    if (after != null) {
      // What was shown already need not be passed over.
      from = bestFirst() ? from : Math.max(from, after.score());
      to = bestFirst() ? Math.min(to, after.score()) : to;
    }
    return new Filter(from, to, bestFirst(), after);
  }

  private Place place(String[] keys) {
    if (!keys[0].equals(word())) {
      throw new IllegalArgumentException("of another order");
    }
    return new Place(Integer.parseInt(keys[1]), keys[2]);
  }

  /** Names the order too: a place in one list is none in the other. */
  String cursor(HealthScoreView last) {
    return Cursor.of(word(), last.score(), last.contact().globalId());
  }

  private String word() {
    return bestFirst() ? BEST : WORST;
  }

  private boolean bestFirst() {
    return BEST.equals(Parameters.word("order", order, List.of(WORST, BEST)));
  }

  private static int bound(String name, @Nullable Integer value, int otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value < 0 || value > 100) {
      throw ApiProblem.invalid("'%s' must be 0 to 100.".formatted(name));
    }
    return value;
  }
}
