package dev.threadmill.ingest.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.localstack.chatwoot.http.Fault;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A run may be stopped at any step, also while a page that is asked for ahead waits. */
@TestPropertySource(properties = {"CHATWOOT_BACK_OFF_MS=4", "CHATWOOT_RECONCILE_LIMIT=0"})
class StoppedRunsIT extends RandomRuns {
  @Test
  void a_run_that_is_stopped_at_any_step_ends_as_stopped_and_the_next_one_goes_on() {
    for (int i = 0; i < 60; i++) {
      conversation(1);
    }
    chatwoot.faults().add(Fault.throttled(Duration.ZERO).on("created_at_asc&page=[23]").times(60));
    chatwoot.faults().add(Fault.status(500).on("created_at_asc&page=[23]").times(60));
    int stopped = 0;
    for (int step = 1; step <= 40; step++) {
      stopped += run(step) == null ? 1 : 0;
    }
    chatwoot.faults().clear();
    dueNow();

    assertThat(stopped).isGreaterThan(30);
    assertComplete(sync());
    Truths.assertStored(jdbc, chatwoot);
  }
}
