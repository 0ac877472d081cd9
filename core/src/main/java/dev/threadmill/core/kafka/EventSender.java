package dev.threadmill.core.kafka;

import dev.threadmill.core.event.Event;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * The one class that sends. Call it after the commit of the rows that the events speak of. An event
 * that can't be sent is dropped and counted, never an error of the caller: the sweeps over the rows
 * find what no event announced.
 */
public final class EventSender {
  private final KafkaTemplate<String, byte[]> template;
  private final EventCodec codec;
  private final KafkaConnection connection;
  private final MeterRegistry meters;

  EventSender(
      KafkaTemplate<String, byte[]> template,
      EventCodec codec,
      KafkaConnection connection,
      MeterRegistry meters) {
    this.template = template;
    this.codec = codec;
    this.connection = connection;
    this.meters = meters;
    for (Topic topic : Topic.values()) {
      unsent(topic.topicName(), 0);
    }
  }

  /** Completes with whether the broker took the event; never exceptionally. */
  public CompletableFuture<Boolean> send(Event event) {
    return sendOne(event);
  }

  /** Completes with the number of events that the broker took; never exceptionally. */
  public CompletableFuture<Integer> sendAll(Collection<? extends Event> events) {
    List<CompletableFuture<Boolean>> sent = new ArrayList<>(events.size());
    events.forEach(event -> sent.add(sendOne(event)));
    return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
        .thenApply(done -> (int) sent.stream().filter(CompletableFuture::join).count());
  }

  private CompletableFuture<Boolean> sendOne(Event event) {
    String topic = Topic.of(event).topicName();
    // Without this question each send would wait for the producer's max.block.ms while the broker
    // is away.
    if (!connection.isUp()) {
      return CompletableFuture.completedFuture(dropped(topic));
    }
    var record = new ProducerRecord<>(topic, Topic.keyOf(event), codec.write(event));
    String trace = Traces.current();
    if (trace != null) {
      record.headers().add(Traces.HEADER, trace.getBytes(StandardCharsets.US_ASCII));
    }
    try {
      return template.send(record).handle((result, failure) -> failure == null || dropped(topic));
    } catch (RuntimeException refused) {
      // Spring's exceptions and Kafka's own, such as that of a name that can't be resolved.
      return CompletableFuture.completedFuture(dropped(topic));
    }
  }

  private boolean dropped(String topic) {
    unsent(topic, 1);
    return false;
  }

  private void unsent(String topic, int events) {
    meters.counter("threadmill.events.unsent", "topic", topic).increment(events);
  }
}
