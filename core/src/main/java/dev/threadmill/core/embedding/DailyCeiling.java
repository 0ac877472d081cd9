package dev.threadmill.core.embedding;

import dev.threadmill.core.settings.Settings;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Projects whose rows wait until tomorrow (UTC) because they have spent their daily ceiling. What
 * is under way when it is reached is still paid.
 */
public final class DailyCeiling {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final EmbeddingUsage usage;
  private final @Nullable BigDecimal usd;
  private Set<UUID> reached = Set.of();
  private long lookedAt = System.nanoTime() - FRESH.toNanos();

  private DailyCeiling(EmbeddingUsage usage, @Nullable BigDecimal usd) {
    this.usage = usage;
    this.usd = usd;
  }

  public static DailyCeiling of(EmbeddingUsage usage, Settings settings) {
    return new DailyCeiling(usage, usd(settings));
  }

  /** {@code EMBED_DAILY_USD_PER_PROJECT}; null: there is none. */
  public static @Nullable BigDecimal usd(Settings settings) {
    String name = "EMBED_DAILY_USD_PER_PROJECT";
    return settings.text(name).isEmpty()
        ? null
        : BigDecimal.valueOf(settings.decimal(name, 0, 0, 1_000_000));
  }

  /** As of a second ago at most. */
  public synchronized Set<UUID> reached() {
    if (usd == null) {
      return Set.of();
    }
    if (System.nanoTime() - lookedAt >= FRESH.toNanos()) {
      reached = Set.copyOf(usage.projectsThatSpent(usd));
      lookedAt = System.nanoTime();
    }
    return reached;
  }
}
