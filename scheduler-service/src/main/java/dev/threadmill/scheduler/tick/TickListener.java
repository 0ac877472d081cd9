package dev.threadmill.scheduler.tick;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.SchedulerTick;
import dev.threadmill.core.event.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Ticks from the timer and from people come in here; the row says whether it was processed. */
@Component
class TickListener {
  private final EventCodec codec;
  private final TickProcessor processor;

  TickListener(EventCodec codec, TickProcessor processor) {
    this.codec = codec;
    this.processor = processor;
  }

  @KafkaListener(topics = Topic.Names.SCHEDULER_TICK, groupId = "scheduler-service.tick")
  void on(ConsumerRecord<String, byte[]> record) {
    processor.process(codec.read(record.value(), SchedulerTick.class).tickId());
  }
}
