package dev.threadmill.ingest.sync;

import dev.threadmill.ingest.sync.SyncCounts.Count;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What all syncs and webhooks' readings of this process did, for Prometheus. */
@Component
class SyncMeters {
  private final Map<Count, Counter> counters = new EnumMap<>(Count.class);

  SyncMeters(MeterRegistry registry) {
    for (Count count : Count.values()) {
      counters.put(
          count,
          Counter.builder("threadmill.sync.rows")
              .description("Rows that syncs and webhooks stored, changed, read or deleted")
              .tag("kind", count.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  /** For one run, which are counted here, too. */
  SyncCounts counts() {
    return new SyncCounts(this::add);
  }

  private void add(Count count, long number) {
    Counter counter = counters.get(count);
    if (counter != null) {
      counter.increment(number);
    }
  }
}
