package dev.threadmill.core.kafka;

import dev.threadmill.core.event.MalformedEventException;
import dev.threadmill.core.event.Topic;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConsumerRecordRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer.HeaderNames.HeadersToAdd;
import org.springframework.kafka.listener.ListenerExecutionFailedException;

/**
 * Puts aside records that can't be used, to {@code <topic>.<group>.dlt}: original key, bytes and
 * headers, where they stood, and the cause in one sentence. A record is acknowledged only after the
 * broker took its dead letter.
 */
public final class DeadLetters implements ConsumerRecordRecoverer {
  /** The cause, in words that never quote the record. */
  public static final String CAUSE_HEADER = "threadmill-dead-letter-cause";

  /**
   * How often a record was sent again after it had been put aside, a decimal number. It travels
   * with the record, so a letter that comes back tells how often it did.
   */
  public static final String REPLAYS_HEADER = "threadmill-replays";

  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);
  private static final String WHERE_IT_STOOD = "kafka_dlt-";

  private final KafkaTemplate<String, byte[]> template;
  private final DeadLetterPublishingRecoverer publisher;
  private final MeterRegistry meters;

  DeadLetters(KafkaTemplate<String, byte[]> template, MeterRegistry meters) {
    this.template = template;
    this.meters = meters;
    for (Topic topic : Topic.values()) {
      count(topic.topicName(), 0);
    }
    publisher = new DeadLetterPublishingRecoverer(template, DeadLetters::destination);
    // Class names, stack traces and foreign messages stay out: they may quote what must not be
    // told.
    publisher.excludeHeader(
        HeadersToAdd.EXCEPTION,
        HeadersToAdd.EX_CAUSE,
        HeadersToAdd.EX_MSG,
        HeadersToAdd.EX_STACKTRACE);
    publisher.setHeadersFunction(
        (record, failure) ->
            new RecordHeaders().add(CAUSE_HEADER, cause(failure).getBytes(StandardCharsets.UTF_8)));
    publisher.setFailIfSendResultIsError(true);
    publisher.setLogRecoveryRecord(false);
  }

  @Override
  public void accept(ConsumerRecord<?, ?> record, Exception failure) {
    publisher.accept(record, failure);
    count(record.topic(), 1);
    log.warn(
        "put aside {}-{} offset {} as a dead letter: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        cause(failure));
  }

  /** For batch listeners, which find out by themselves which record is unusable. */
  public void putAside(ConsumerRecord<?, ?> record, String group, Exception failure) {
    accept(record, new ListenerExecutionFailedException("unusable record", group, failure));
  }

  private void count(String topic, int records) {
    meters.counter("threadmill.dead.letters", "topic", topic).increment(records);
  }

  /**
   * Sends what a dead letter holds to its topic again: key, bytes and headers as they were, without
   * those that say how it died. Completes with whether the broker took it; never exceptionally.
   *
   * @param replays how often that was done, this time included
   */
  public CompletableFuture<Boolean> sendAgain(
      ConsumerRecord<String, byte[]> letter, Topic topic, int replays) {
    var again = new ProducerRecord<>(topic.topicName(), letter.key(), letter.value());
    for (Header header : letter.headers()) {
      if (!header.key().startsWith(WHERE_IT_STOOD)
          && !header.key().equals(CAUSE_HEADER)
          && !header.key().equals(REPLAYS_HEADER)) {
        again.headers().add(header);
      }
    }
    again.headers().add(REPLAYS_HEADER, Integer.toString(replays).getBytes(StandardCharsets.UTF_8));
    try {
      return template.send(again).handle((result, failure) -> failure == null);
    } catch (KafkaException refused) {
      return CompletableFuture.completedFuture(false);
    }
  }

  private static TopicPartition destination(ConsumerRecord<?, ?> record, Exception failure) {
    String group =
        failure instanceof ListenerExecutionFailedException failed && failed.getGroupId() != null
            ? failed.getGroupId()
            : "unknown";
    // No partition: the dead-letter topic may have fewer than the original.
    return new TopicPartition(Topic.deadLetters(record.topic(), group), -1);
  }

  private static String cause(Exception failure) {
    Throwable cause = failure;
    while (cause instanceof ListenerExecutionFailedException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof MalformedEventException
        ? String.valueOf(cause.getMessage())
        : "handling it failed again and again (" + cause.getClass().getSimpleName() + ")";
  }
}
