package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.embed.EmbedWorker;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.embed.claim.ClaimSettings;
import dev.threadmill.embed.request.Lanes;
import dev.threadmill.localstack.openai.Trouble;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

class TwoWorkersIT extends WorkerTest {
  @Autowired private MeterRegistry meters;
  @Autowired private KafkaListenerEndpointRegistry listeners;

  @Test
  void two_workers_share_the_events_and_pay_each_text_once() {
    Rows.Home home = rows.project();
    OPEN_AI.settings().latency(Duration.ofMillis(50));
    double before = ready(meters);

    try (ConfigurableApplicationContext second = secondWorker()) {
      var secondListeners = second.getBean(KafkaListenerEndpointRegistry.class);
      until().until(() -> hasPartitions(listeners) && hasPartitions(secondListeners));
      List<MessageUpserted> events = chunks(home, 3000, Duration.ZERO);
      announce(events);
      untilAllReady(home, events.size());

      assertThat(ready(meters)).isGreaterThan(before);
      assertThat(ready(second.getBean(MeterRegistry.class))).isPositive();
    }
    assertThat(OPEN_AI.log().repeatedInputs()).isZero();
  }

  @Test
  void a_worker_that_is_stopped_hands_back_what_it_holds() {
    Rows.Home home = rows.project();
    ConfigurableApplicationContext second = secondWorker();
    String worker = second.getBean(ClaimSettings.class).worker();
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG).always());
    // Old enough for the sweep too: events that find the provider away leave their rows to it.
    List<MessageUpserted> events = chunks(home, 2000, Duration.ofHours(2));
    announce(events);
    until().until(() -> heldBy(worker) > 0);

    second.close();

    assertThat(heldBy(worker)).isZero();
    long inFlight = OPEN_AI.log().inputsReceived();
    hanging.close();
    untilAllReady(home, events.size());
    assertThat(OPEN_AI.log().repeatedInputs()).isLessThanOrEqualTo(inFlight);
    assertThat(attempts(home)).isZero();
  }

  @Test
  void an_answer_that_comes_while_the_worker_stops_is_written() {
    Rows.Home home = rows.project();
    ConfigurableApplicationContext second = secondWorker();
    String worker = second.getBean(ClaimSettings.class).worker();
    Lanes stopping = second.getBean(Lanes.class);
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG).always());
    List<MessageUpserted> events = chunks(home, 2000, Duration.ofHours(2));
    announce(events);
    until().until(() -> heldBy(worker) > 0 && hanging.hits() == lanes.busy() + stopping.busy());

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(second::close);
    until().until(() -> !stopping.isRunning());
    hanging.close();
    stopped.join();

    assertThat(heldBy(worker)).isZero();
    untilAllReady(home, events.size());
    assertThat(OPEN_AI.log().repeatedInputs()).as("nothing was paid in vain").isZero();
    assertThat(attempts(home)).isZero();
  }

  private long attempts(Rows.Home home) {
    return rows.jdbc()
        .sql("select sum(embedding_attempts) from rag_chunks where project_id = :project")
        .param("project", home.projectId())
        .query(Long.class)
        .single();
  }

  private long heldBy(String worker) {
    return rows.jdbc()
        .sql("select count(*) from rag_chunks where claimed_by = :worker")
        .param("worker", worker)
        .query(Long.class)
        .single();
  }

  private static boolean hasPartitions(KafkaListenerEndpointRegistry listeners) {
    return listeners.getListenerContainers().stream()
        .filter(container -> "embed-worker.message-upserted".equals(container.getGroupId()))
        .allMatch(
            container ->
                container.getAssignedPartitions() != null
                    && !container.getAssignedPartitions().isEmpty());
  }

  private static double ready(MeterRegistry meters) {
    var counter = meters.find("threadmill.embed.rows").tag("outcome", "ready").counter();
    return counter == null ? 0 : counter.count();
  }

  private static ConfigurableApplicationContext secondWorker() {
    var worker =
        new SpringApplicationBuilder(EmbedWorker.class)
            .run(
                ENVIRONMENT.entrySet().stream()
                    .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
                    .toArray(String[]::new));
    until().until(worker.getBean(KafkaConnection.class)::isUp);
    return worker;
  }
}
