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

  private static final long SPREAD = 12 * HOUR;

  private NextLook() {}

  /**
   * How much earlier than others a contact is looked at where days pass until then: those that were
   * scored in one run would all be due in the same minute otherwise, again and again.
   */
  static long spread(String contact) {
    // Ids that follow each other have hashes that do, too; multiplied by this they lie apart.
    return Integer.toUnsignedLong(contact.hashCode() * 0x9E3779B1) % SPREAD;
  }

  /**
   * Within a day the first full hour from now at which the score is another one; else the last time
   * before it becomes another one that is known, which is a day from now at the earliest; from two
   * days on it is earlier by the contact's spread. Empty when it is settled.
   *
   * @param now in seconds since 1970
   * @param spread of the contact, in seconds
   */
  static OptionalLong after(Story story, HealthWeights weights, long now, long spread) {
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
        long still = now + same * DAY - (same == 1 ? 0 : spread);
        return OptionalLong.of(Math.min(still, inactive.orElse(still)));
      }
      same = days;
    }
    return inactive;
  }
}
