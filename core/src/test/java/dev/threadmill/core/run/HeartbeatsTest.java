package dev.threadmill.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.threadmill.core.job.JobType;
import dev.threadmill.core.job.RunTrigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class HeartbeatsTest {
  private static final RunSettings SETTINGS =
      new RunSettings(
          "tester", 1, Duration.ofSeconds(3), Duration.ofMillis(1), 1, Duration.ofHours(1));

  /** Often, for the thread once ended when it ran before its starter had written it down. */
  @Test
  void the_heart_beats_after_every_start() throws Exception {
    for (int i = 0; i < 500; i++) {
      var beaten = new CountDownLatch(1);
      HeldRuns runs = mock(HeldRuns.class);
      when(runs.heartbeatUnlocked(any(), any())).thenReturn(List.of(Optional.empty()));
      when(runs.heartbeat(any(), any(), any()))
          .thenAnswer(
              call -> {
                beaten.countDown();
                return HeldRuns.Heartbeat.MINE;
              });
      RunContext context = context();
      var heartbeats = new Heartbeats(runs, SETTINGS, Map.of(context.run().id(), context));

      heartbeats.start();

      assertThat(beaten.await(10, TimeUnit.SECONDS)).as("start %d", i).isTrue();
      heartbeats.stop();
    }
  }

  private static RunContext context() {
    return new RunContext(
        new ClaimedRun(
            UUID.randomUUID(),
            UUID.randomUUID(),
            JobType.CHATWOOT_SYNC,
            RunTrigger.MANUAL,
            JsonNodeFactory.instance.objectNode(),
            1,
            1,
            Instant.now(),
            null));
  }
}
