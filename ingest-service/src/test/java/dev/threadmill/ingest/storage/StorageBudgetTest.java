package dev.threadmill.ingest.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.settings.InvalidSettingException;
import dev.threadmill.core.settings.Settings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

@ExtendWith(OutputCaptureExtension.class)
class StorageBudgetTest {
  private static final long GIGABYTE = 1L << 30;
  private static final String WARNING = "past the threshold of 85.0 %";

  /** A database of any size. */
  private static final class SizeToOrder extends StorageSizes {
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long bytes;

    SizeToOrder() {
      // Never connected to.
      super(JdbcClient.create(new DriverManagerDataSource()));
    }

    @Override
    long databaseBytes() {
      if (bytes < 0) {
        failures.incrementAndGet();
        throw new IllegalStateException("away");
      }
      return bytes;
    }

    @Override
    Map<String, Long> tableBytes() {
      return Map.of("cw_messages", bytes / 2);
    }
  }

  private final SizeToOrder size = new SizeToOrder();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final StorageBudget budget =
      new StorageBudget(
          new Settings(
              new MockEnvironment()
                  .withProperty("STORAGE_BUDGET_GB", "10")
                  .withProperty("STORAGE_ALERT_THRESHOLD_PCT", "85")),
          size,
          meters);

  @ParameterizedTest
  @CsvSource({
    "STORAGE_BUDGET_GB, 0",
    "STORAGE_BUDGET_GB, twenty",
    "STORAGE_ALERT_THRESHOLD_PCT, 101"
  })
  void a_wrong_budget_is_named(String variable, String value) {
    var settings = new Settings(new MockEnvironment().withProperty(variable, value));

    assertThatExceptionOfType(InvalidSettingException.class)
        .isThrownBy(() -> new StorageBudget(settings, size, meters))
        .withMessageStartingWith(variable + " is '" + value + "'");
  }

  private StorageUse at(double gigabytes) {
    size.bytes = (long) (gigabytes * GIGABYTE);
    return budget.measure();
  }

  private static int warnings(CapturedOutput output) {
    return output.getOut().split(WARNING, -1).length - 1;
  }

  private double alertMetric() {
    return meters.get("threadmill.storage.alert").gauge().value();
  }

  @Test
  void each_crossing_warns_once(CapturedOutput output) {
    assertThat(at(8).alert()).isFalse();
    assertThat(warnings(output)).isZero();
    assertThat(alertMetric()).isZero();

    assertThat(at(9).alert()).isTrue();
    assertThat(at(9.5).alert()).isTrue();
    assertThat(warnings(output)).isEqualTo(1);
    assertThat(alertMetric()).isEqualTo(1);

    assertThat(at(8).alert()).isFalse();
    assertThat(alertMetric()).isZero();
    assertThat(warnings(output)).isEqualTo(1);

    assertThat(at(9).alert()).isTrue();
    assertThat(at(9).alert()).isTrue();
    assertThat(warnings(output)).isEqualTo(2);
  }

  @Test
  void a_process_that_runs_no_sync_measures_too_again_and_again_whatever_fails_between() {
    size.bytes = 9 * GIGABYTE;
    var watch = new StorageWatch(budget, Duration.ofMillis(1));
    watch.start();
    try {
      await().until(() -> alertMetric() == 1);
      size.bytes = -1;
      await().until(() -> size.failures.get() > 0);
      size.bytes = GIGABYTE;
      await().until(() -> alertMetric() == 0);
    } finally {
      watch.stop();
    }
  }

  @Test
  void the_threshold_itself_counts_as_past_it() {
    assertThat(at(8.5).alert()).isTrue();
    assertThat(at(8.49).alert()).isFalse();
  }
}
