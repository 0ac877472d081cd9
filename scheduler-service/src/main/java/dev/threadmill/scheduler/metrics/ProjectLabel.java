package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.settings.Settings;
import dev.threadmill.scheduler.metrics.StateTables.OfProject;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Whether numbers of projects are shown apart, each with the label {@code project}: as many time
 * series as there are projects, so only where somebody wants it.
 *
 * @param shown {@code METRICS_BY_PROJECT}
 */
@Component
record ProjectLabel(boolean shown) {
  enum Switch {
    FALSE,
    TRUE
  }

  @Autowired
  ProjectLabel(Settings settings) {
    this(settings.oneOf("METRICS_BY_PROJECT", Switch.FALSE) == Switch.TRUE);
  }

  void sums(MultiGauge gauge, List<OfProject> values) {
    gauge.register(sums(Tags.empty(), values), true);
  }

  /** The sum, or each project's own number. */
  List<Row<?>> sums(Tags tags, List<OfProject> values) {
    return shown
        ? apart(tags, values)
        : List.of(Row.of(tags, values.stream().mapToDouble(OfProject::value).sum()));
  }

  /** The highest, or each project's own number. */
  void highest(MultiGauge gauge, List<OfProject> values) {
    gauge.register(
        shown
            ? apart(Tags.empty(), values)
            : List.of(
                Row.of(
                    Tags.empty(), values.stream().mapToDouble(OfProject::value).max().orElse(0))),
        true);
  }

  private static List<Row<?>> apart(Tags tags, List<OfProject> values) {
    return values.stream()
        .<Row<?>>map(
            value -> Row.of(tags.and("project", value.project().toString()), value.value()))
        .toList();
  }
}
