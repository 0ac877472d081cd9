package dev.threadmill.embed.intake;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.MalformedEventException;
import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.core.trace.Traces;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;

/** Takes batches of {@code message.upserted}; the rows decide whether there is anything to do. */
final class MessageUpsertedListener {
  private static final String GROUP = "embed-worker.message-upserted";

  /** A batch is embedded as one, whatever brought it about; more are not named. */
  private static final int MOST_CAUSES = 32;

  private final EventCodec codec;
  private final DeadLetters deadLetters;
  private final ChunkIntake intake;
  private final Traces traces;

  MessageUpsertedListener(
      EventCodec codec, DeadLetters deadLetters, ChunkIntake intake, Traces traces) {
    this.codec = codec;
    this.deadLetters = deadLetters;
    this.intake = intake;
    this.traces = traces;
  }

  @KafkaListener(
      topics = Topic.Names.MESSAGE_UPSERTED,
      groupId = GROUP,
      batch = "true",
      properties = {
        "max.poll.records=#{@intakeSettings.pollRecords()}",
        "max.poll.interval.ms=#{@intakeSettings.pollInterval().toMillis()}"
      })
  void on(List<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
    Set<Long> chunkIds = new LinkedHashSet<>();
    Set<String> causes = new LinkedHashSet<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        chunkIds.add(codec.read(record.value(), MessageUpserted.class).chunkId());
        String cause = Traces.of(record);
        if (cause != null && causes.size() < MOST_CAUSES) {
          causes.add(cause);
        }
      } catch (MalformedEventException unusable) {
        deadLetters.putAside(record, GROUP, unusable);
      }
    }
    try (var part = traces.begin("embed batch", causes)) {
      part.with("threadmill.chunks", Integer.toString(chunkIds.size()));
      intake.take(chunkIds);
    }
  }
}
