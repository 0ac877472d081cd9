package dev.threadmill.core.health;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code health_settings}.
 *
 * @param number rises with each change; 0: nobody changed anything yet
 * @param setBy null where nobody changed anything yet
 * @param setAt null where nobody changed anything yet
 */
public record HealthSettings(
    int number, HealthWeights weights, @Nullable String setBy, @Nullable Instant setAt) {
  public static final HealthSettings DEFAULT =
      new HealthSettings(0, HealthWeights.DEFAULT, null, null);
}
