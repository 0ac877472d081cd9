package dev.threadmill.gateway.health;

import dev.threadmill.gateway.page.Parameters;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The parts into which 0 to 100 is cut; the database's {@code health_tier} cuts the same way. */
enum Tier {
  HEALTHY(75, 100),
  WATCH(50, 74),
  AT_RISK(25, 49),
  CRITICAL(0, 24);

  private final int from;
  private final int to;

  Tier(int from, int to) {
    this.from = from;
    this.to = to;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Tier of(double score) {
    return Arrays.stream(values()).filter(tier -> score >= tier.from).findFirst().orElse(CRITICAL);
  }

  static @Nullable Tier read(@Nullable String word) {
    String known =
        Parameters.word("tier", word, Arrays.stream(values()).map(Tier::wireName).toList());
    return known == null ? null : valueOf(known.toUpperCase(Locale.ROOT));
  }
}
