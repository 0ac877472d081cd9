package dev.threadmill.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.metrics.Gauges.Row;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaugesTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Gauges gauges = new Gauges(registry, "things", "Things by colour");

  @Test
  void a_gauge_that_stays_gets_its_value_in_place_so_that_no_scrape_sees_two() {
    gauges.show(List.of(new Row(Tags.of("colour", "red"), 1)));
    Gauge red = red();
    gauges.show(
        List.of(new Row(Tags.of("colour", "red"), 2), new Row(Tags.of("colour", "blue"), 3)));

    assertThat(red()).isSameAs(red);
    assertThat(red.value()).isEqualTo(2);
    assertThat(registry.find("things").gauges()).hasSize(2);
  }

  @Test
  void what_is_not_shown_any_more_is_gone_and_may_come_back() {
    gauges.show(List.of(new Row(Tags.of("colour", "red"), 1)));
    gauges.show(List.of());
    assertThat(registry.find("things").gauges()).isEmpty();

    gauges.show(List.of(new Row(Tags.of("colour", "red"), 4)));

    assertThat(red().value()).isEqualTo(4);
  }

  private Gauge red() {
    return registry.get("things").tag("colour", "red").gauge();
  }
}
