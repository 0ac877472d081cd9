package dev.threadmill.ingest.storage;

import dev.threadmill.core.metrics.Gauges;
import dev.threadmill.core.metrics.Gauges.Row;
import dev.threadmill.core.settings.Settings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Measures what the database takes up against {@code STORAGE_BUDGET_GB}, and warns once each time
 * it passes {@code STORAGE_ALERT_THRESHOLD_PCT}. Each process measures and warns for itself.
 */
@Component
public class StorageBudget {
  private static final Logger log = LoggerFactory.getLogger(StorageBudget.class);
  private static final double GIGABYTE = 1024.0 * 1024 * 1024;

  private final StorageSizes sizes;
  private final long budgetBytes;
  private final double thresholdPercent;
  private final AtomicBoolean alerting = new AtomicBoolean();
  private final AtomicLong lastBytes = new AtomicLong();
  private final Gauges tables;

  StorageBudget(Settings settings, StorageSizes sizes, MeterRegistry meters) {
    this.sizes = sizes;
    this.budgetBytes = (long) (settings.decimal("STORAGE_BUDGET_GB", 20, 0.001, 1e6) * GIGABYTE);
    this.thresholdPercent = settings.decimal("STORAGE_ALERT_THRESHOLD_PCT", 85, 1, 100);
    Gauge.builder("threadmill.storage.database.bytes", lastBytes, AtomicLong::get)
        .description("Size of the database when it was last measured")
        .register(meters);
    Gauge.builder("threadmill.storage.usage.ratio", () -> (double) lastBytes.get() / budgetBytes)
        .description("The database's share of its budget when it was last measured")
        .register(meters);
    Gauge.builder("threadmill.storage.budget.bytes", () -> budgetBytes).register(meters);
    this.tables =
        new Gauges(
            meters,
            "threadmill.storage.table.bytes",
            "Size of a table with its indexes when it was last measured");
    Gauge.builder("threadmill.storage.alert", () -> alerting.get() ? 1 : 0).register(meters);
  }

  public StorageUse measure() {
    long bytes = sizes.databaseBytes();
    lastBytes.set(bytes);
    boolean alert = bytes >= budgetBytes * thresholdPercent / 100;
    var use = new StorageUse(bytes, budgetBytes, alert, sizes.tableBytes());
    tables.show(
        use.tables().entrySet().stream()
            .map(table -> new Row(Tags.of("table", table.getKey()), table.getValue()))
            .toList());
    if (alerting.getAndSet(alert) != alert) {
      if (alert) {
        log.warn(
            "the database takes up {} % of STORAGE_BUDGET_GB, past the threshold of {} %",
            use.usagePercent(), thresholdPercent);
      } else {
        log.info("the database is below the storage threshold again ({} %)", use.usagePercent());
      }
    }
    return use;
  }
}
