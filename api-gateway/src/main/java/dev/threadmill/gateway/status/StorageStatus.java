package dev.threadmill.gateway.status;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.gateway.status.StatusView.Storage;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * How many bytes database and tables take, beside the budget. PostgreSQL looks at each of their
 * files to tell, several hundred of them, which took longer than all the rest of a status; all
 * projects share the answer, so it is asked for every ten seconds at the most.
 */
@Component
class StorageStatus {
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final long GIBIBYTE = 1L << 30;
  private static final String ALL = "all";

  private final StatusTables tables;
  private final long budgetBytes;
  private final double alertPercent;
  private final LoadingCache<String, Storage> kept;

  StorageStatus(StatusTables tables, Settings settings) {
    this.tables = tables;
    this.budgetBytes =
        (long) (settings.decimal("STORAGE_BUDGET_GB", 20, 0.001, 1_000_000) * GIBIBYTE);
    this.alertPercent = settings.decimal("STORAGE_ALERT_THRESHOLD_PCT", 85, 1, 100);
    this.kept = Caffeine.newBuilder().expireAfterWrite(KEPT).build(all -> read());
  }

  /** As of ten seconds ago, or later. */
  Storage storage() {
    return kept.get(ALL);
  }

  private Storage read() {
    long bytes = tables.databaseBytes();
    double percent = Math.round(bytes * 10_000.0 / budgetBytes) / 100.0;
    return new Storage(
        bytes,
        budgetBytes,
        percent,
        bytes >= budgetBytes * alertPercent / 100,
        tables.tableBytes());
  }
}
