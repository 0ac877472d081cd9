package dev.threadmill.ingest.storage;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the database takes up.
 *
 * @param tables bytes per table with its indexes
 */
public record StorageUse(
    long databaseBytes, long budgetBytes, boolean alert, Map<String, Long> tables) {
  public double usagePercent() {
    return Math.round(databaseBytes * 1000.0 / budgetBytes) / 10.0;
  }

  /** As results and status show it. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("database_bytes", databaseBytes);
    map.put("budget_bytes", budgetBytes);
    map.put("usage_percent", usagePercent());
    map.put("alert", alert);
    map.put("tables", tables);
    return map;
  }
}
