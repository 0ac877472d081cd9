package dev.threadmill.scheduler.health;

import dev.threadmill.core.health.HealthWeights;
import java.util.OptionalLong;

/**
 * When a contact has to be looked at again although nothing happens: old troubles fade, and silence
 * grows.
 */
final class NextLook {
  private static final long HOUR = 3600;
  private static final long DAY = 86_400;
  private static final int[] HOURS = {1, 2, 3, 4, 6, 8, 12, 16, 20, 24};
  private static final int[] DAYS = {
    2, 3, 4, 6, 8, 11, 15, 20, 27, 36, 48, 64, 85, 113, 150, 200, 266, 366
  };

  private NextLook() {}

  /**
   * Within a day the first full hour from now at which the score is another one; else the last time
   * before it becomes another one that is known, which is a day from now at the earliest. Empty
   * when it is settled.
   *
   * @param now in seconds since 1970
   */
  static OptionalLong after(Story story, HealthWeights weights, long now) {
    int score = Formula.score(story, weights, now);
    for (int hours : HOURS) {
      if (Formula.score(story, weights, now + hours * HOUR) != score) {
        return OptionalLong.of(now + hours * HOUR);
      }
    }
    OptionalLong inactive =
        Formula.active(story, now)
            ? OptionalLong.of(story.lastCustomerAt() + Formula.ACTIVE_DAYS * DAY)
            : OptionalLong.empty();
    int same = 1;
    for (int days : DAYS) {
      if (Formula.score(story, weights, now + days * DAY) != score) {
        long still = now + same * DAY;
        return OptionalLong.of(Math.min(still, inactive.orElse(still)));
      }
      same = days;
    }
    return inactive;
  }
}
