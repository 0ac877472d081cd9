package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.run.JobRun;
import dev.threadmill.ingest.IngestTest;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** A database that is larger than its budget. */
@TestPropertySource(properties = "STORAGE_BUDGET_GB=0.001")
@ExtendWith(OutputCaptureExtension.class)
class StorageAlertIT extends IngestTest {
  @Autowired private MeterRegistry meters;

  @Test
  void the_alert_is_in_each_result_and_in_the_metrics_but_the_warning_comes_once(
      CapturedOutput output) {
    conversation(1);

    JobRun first = sync();
    JobRun second = sync();

    for (JobRun run : new JobRun[] {first, second}) {
      JsonNode storage = run.result().path("storage");
      assertThat(storage.path("alert").asBoolean(false)).isTrue();
      assertThat(storage.path("usage_percent").asDouble()).isGreaterThan(85);
      assertThat(storage.path("tables").path("cw_messages").asLong()).isPositive();
    }
    assertThat(output.getOut().split("past the threshold", -1)).hasSize(2);
    assertThat(meters.get("threadmill.storage.alert").gauge().value()).isEqualTo(1);
    assertThat(meters.get("threadmill.storage.database.bytes").gauge().value()).isPositive();
    assertThat(
            meters
                .get("threadmill.storage.table.bytes")
                .tag("table", "cw_messages")
                .gauge()
                .value())
        .isPositive();
  }
}
