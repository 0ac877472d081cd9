package dev.threadmill.scheduler.tick;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.SchedulerTick;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.trace.Traces;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Ticks from the timer and from people come in here; the row says whether it was processed. */
@Component
class TickListener {
  private final EventCodec codec;
  private final TickProcessor processor;
  private final Traces traces;

  TickListener(EventCodec codec, TickProcessor processor, Traces traces) {
    this.codec = codec;
    this.processor = processor;
    this.traces = traces;
  }

  @KafkaListener(topics = Topic.Names.SCHEDULER_TICK, groupId = "scheduler-service.tick")
  void on(ConsumerRecord<String, byte[]> record) {
    SchedulerTick tick = codec.read(record.value(), SchedulerTick.class);
    try (var part = traces.begin("tick", Traces.of(record))) {
      part.with("threadmill.tick_id", tick.tickId().toString());
      processor.process(tick.tickId());
    }
  }
}
