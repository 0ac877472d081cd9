package dev.threadmill.gateway.health;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a contact is.
 *
 * @param score 0 (worst) to 100: what a person says, while that holds, else what was calculated
 * @param tier healthy (from 75), watch (from 50), at_risk (from 25) or critical
 * @param calculatedScore what the formula says, whatever people say
 * @param active whether the contact wrote within 90 days; then it counts in the project's score
 * @param override null where nobody says anything else, or where it has expired
 */
public record HealthScoreView(
    Contact contact,
    int score,
    String tier,
    int calculatedScore,
    boolean active,
    Instant calculatedAt,
    @Nullable Verdict override) {
  /**
   * @param contactId Chatwoot's number of it
   * @param link to its page in Chatwoot
   */
  public record Contact(
      String globalId, long contactId, UUID sourceId, @Nullable String name, String link) {}

  /** What a person says in the place of the formula. */
  public record Verdict(int score, String reason, String setBy, Instant setAt, Instant expiresAt) {}
}
