package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.event.Event;
import dev.threadmill.core.kafka.DeadLetters;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record that was put aside.
 *
 * @param event null when its bytes are no valid event, so that it would only come back
 */
record DeadLetter(
    DeadLetterTopic from, ConsumerRecord<String, byte[]> record, @Nullable Event event) {
  LetterId id() {
    return new LetterId(record.topic(), record.partition(), record.offset());
  }

  /** When it was put aside. */
  Instant at() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  @Nullable UUID projectId() {
    return event == null ? null : event.projectId();
  }

  /** One sentence that never quotes the record. */
  @Nullable String cause() {
    return text(DeadLetters.CAUSE_HEADER);
  }

  /** How often it had been sent again before it was put aside here. */
  int replaysBefore() {
    String text = text(DeadLetters.REPLAYS_HEADER);
    // Headers can be written by whoever may write to the topic.
    return text != null && text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
  }

  @Nullable Integer originalPartition() {
    byte[] value = value("kafka_dlt-original-partition");
    return value == null || value.length != Integer.BYTES ? null : ByteBuffer.wrap(value).getInt();
  }

  @Nullable Long originalOffset() {
    return number("kafka_dlt-original-offset");
  }

  /** When the record was written for the first time, or sent again. */
  @Nullable Instant originalAt() {
    Long millis = number("kafka_dlt-original-timestamp");
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  private @Nullable Long number(String header) {
    byte[] value = value(header);
    return value == null || value.length != Long.BYTES ? null : ByteBuffer.wrap(value).getLong();
  }

  private @Nullable String text(String header) {
    byte[] value = value(header);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private byte @Nullable [] value(String header) {
    Header found = record.headers().lastHeader(header);
    return found == null ? null : found.value();
  }
}
