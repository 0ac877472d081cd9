package dev.threadmill.core.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * Gauges of one name, told apart by their labels, which are shown anew from time to time.
 *
 * <p>Those that are still there get their new values in place. {@link MultiGauge} alone takes them
 * away and puts others there, and a scrape that comes in between sees both and fails
 * (micrometer-metrics/micrometer#6851, mended behind 1.17).
 */
public final class Gauges {
  private final MultiGauge gauges;
  private final Map<Tags, AtomicReference<Double>> values = new HashMap<>();

  public Gauges(MeterRegistry registry, String name, String description) {
    this.gauges = MultiGauge.builder(name).description(description).register(registry);
  }

  /**
   * @param tags no two of one {@link Gauges} are equal
   */
  public record Row(Tags tags, double value) {}

  /** From now on there are these, and no others. */
  public synchronized void show(List<Row> rows) {
    values.keySet().retainAll(rows.stream().map(Row::tags).collect(Collectors.toSet()));
    List<MultiGauge.Row<?>> shown = new ArrayList<>(rows.size());
    for (Row row : rows) {
      AtomicReference<Double> value =
          values.computeIfAbsent(row.tags(), tags -> new AtomicReference<>(row.value()));
      value.set(row.value());
      shown.add(MultiGauge.Row.of(row.tags(), value::get));
    }
    gauges.register(shown, false);
  }
}
