package dev.threadmill.core.run;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.event.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;

/**
 * Hands {@code job.requested} to the executor; the row decides whether there is still something to
 * do.
 */
final class JobRequestedListener {
  private final EventCodec codec;
  private final RunExecutor executor;

  JobRequestedListener(EventCodec codec, RunExecutor executor) {
    this.codec = codec;
    this.executor = executor;
  }

  @KafkaListener(
      topics = Topic.Names.JOB_REQUESTED,
      groupId = "${spring.application.name}.job-requested")
  void on(ConsumerRecord<String, byte[]> record) {
    executor.offer(codec.read(record.value(), JobRequested.class));
  }
}
