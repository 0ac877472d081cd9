package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.metrics.Gauges;
import dev.threadmill.core.metrics.Gauges.Row;
import dev.threadmill.core.settings.Settings;
import dev.threadmill.scheduler.metrics.StateTables.OfProject;
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

  void sums(Gauges gauge, List<OfProject> values) {
    gauge.show(sums(Tags.empty(), values));
  }

  /** The sum, or each project's own number. */
  List<Row> sums(Tags tags, List<OfProject> values) {
    return shown
        ? apart(tags, values)
        : List.of(new Row(tags, values.stream().mapToDouble(OfProject::value).sum()));
  }

  /** The highest, or each project's own number. */
  void highest(Gauges gauge, List<OfProject> values) {
    gauge.show(
        shown
            ? apart(Tags.empty(), values)
            : List.of(
                new Row(
                    Tags.empty(), values.stream().mapToDouble(OfProject::value).max().orElse(0))));
  }

  private static List<Row> apart(Tags tags, List<OfProject> values) {
    return values.stream()
        .map(value -> new Row(tags.and("project", value.project().toString()), value.value()))
        .toList();
  }
}
