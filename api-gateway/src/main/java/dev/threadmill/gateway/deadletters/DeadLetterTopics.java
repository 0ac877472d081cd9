package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.event.Event;
import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.MalformedEventException;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.problem.ProblemCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads the topics of dead letters as they lie: by topic, partition and offset, without a group and
 * without keeping anything. What a call reads is bounded, however many letters there are.
 */
@Component
class DeadLetterTopics {
  private static final int MOST_READ = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Comparator<TopicPartition> ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

  private final ConsumerFactory<String, byte[]> consumers;
  private final KafkaConnection connection;
  private final EventCodec codec;

  @SuppressWarnings("unchecked")
  DeadLetterTopics(ConsumerFactory<?, ?> consumers, KafkaConnection connection, EventCodec codec) {
    this.consumers = (ConsumerFactory<String, byte[]>) consumers;
    this.connection = connection;
    this.codec = codec;
  }

  /**
   * @param next where to go on; null when all were read
   * @param read how many records were read for it
   */
  record Walk(List<DeadLetter> letters, @Nullable LetterId next, int read) {}

  /** How many lie in a topic, the deleted ones in their midst included. */
  record Count(DeadLetterTopic topic, long letters) {}

  /**
   * Those that the filter takes, in the order in which they lie.
   *
   * @param from where to begin; null: with the first one
   * @param limit of letters; fewer come where many had to be read for them
   */
  Walk walk(DeadLetterFilter filter, @Nullable LetterId from, int limit) {
    return asking(consumer -> new Walking(consumer, filter, limit).from(from));
  }

  List<Count> counts() {
    return asking(
        consumer -> {
          Map<DeadLetterTopic, List<TopicPartition>> topics = partitions(consumer, topic -> true);
          List<TopicPartition> all = topics.values().stream().flatMap(Collection::stream).toList();
          Map<TopicPartition, Long> begin = consumer.beginningOffsets(all, PATIENCE);
          Map<TopicPartition, Long> end = consumer.endOffsets(all, PATIENCE);
          return topics.entrySet().stream()
              .map(
                  topic ->
                      new Count(
                          topic.getKey(),
                          topic.getValue().stream()
                              .mapToLong(
                                  one -> end.getOrDefault(one, 0L) - begin.getOrDefault(one, 0L))
                              .sum()))
              .sorted(Comparator.comparing((Count count) -> count.topic().name()))
              .toList();
        });
  }

  Optional<DeadLetter> find(LetterId id) {
    return find(List.of(id)).stream().findFirst();
  }

  /** Those that are there, in the order of their ids here. */
  List<DeadLetter> find(Collection<LetterId> ids) {
    var nothing = new DeadLetterFilter(null, null, null, null, null);
    return asking(
        consumer ->
            ids.stream()
                .filter(id -> DeadLetterTopic.named(id.topic()).isPresent())
                .flatMap(
                    id ->
                        new Walking(consumer, nothing, 1)
                            .from(id).letters().stream().filter(letter -> letter.id().equals(id)))
                .toList());
  }

  private <T> T asking(Function<Consumer<String, byte[]>, T> question) {
    // Without this question each call would wait for as long as it has patience.
    if (!connection.isUp()) {
      throw away();
    }
    try (Consumer<String, byte[]> consumer = consumers.createConsumer()) {
      return question.apply(consumer);
    } catch (KafkaException | org.springframework.kafka.KafkaException silent) {
      throw away();
    }
  }

  private static ApiProblem away() {
    return new ApiProblem(
        ProblemCode.KAFKA_UNAVAILABLE,
        "Kafka, where dead letters are kept, does not answer at the moment; try again in a few seconds.");
  }

  private static Map<DeadLetterTopic, List<TopicPartition>> partitions(
      Consumer<?, ?> consumer, Predicate<DeadLetterTopic> wanted) {
    Map<DeadLetterTopic, List<TopicPartition>> found = new HashMap<>();
    for (Map.Entry<String, List<PartitionInfo>> topic : consumer.listTopics(PATIENCE).entrySet()) {
      DeadLetterTopic.named(topic.getKey())
          .filter(wanted)
          .ifPresent(
              one ->
                  found.put(
                      one,
                      topic.getValue().stream()
                          .map(part -> new TopicPartition(part.topic(), part.partition()))
                          .toList()));
    }
    return found;
  }

  private DeadLetter letter(ConsumerRecord<String, byte[]> record) {
    DeadLetterTopic topic = DeadLetterTopic.named(record.topic()).orElseThrow();
    return new DeadLetter(topic, record, event(topic, record));
  }

  private @Nullable Event event(DeadLetterTopic topic, ConsumerRecord<String, byte[]> record) {
    try {
      return codec.read(record.value(), topic.topic());
    } catch (MalformedEventException unusable) {
      return null;
    }
  }

  /** One walk. */
  private final class Walking {
    private final Consumer<String, byte[]> consumer;
    private final DeadLetterFilter filter;
    private final int limit;
    private final List<DeadLetter> found = new ArrayList<>();
    private int read;
    private @Nullable LetterId next;

    Walking(Consumer<String, byte[]> consumer, DeadLetterFilter filter, int limit) {
      this.consumer = consumer;
      this.filter = filter;
      this.limit = limit;
    }

    Walk from(@Nullable LetterId place) {
      List<TopicPartition> left =
          partitions(consumer, filter::takes).values().stream()
              .flatMap(Collection::stream)
              .filter(
                  one ->
                      place == null
                          || ORDER.compare(
                                  one, new TopicPartition(place.topic(), place.partition()))
                              >= 0)
              .sorted(ORDER)
              .toList();
      Map<TopicPartition, Long> begins = begins(left);
      Map<TopicPartition, Long> ends = consumer.endOffsets(left, PATIENCE);
      for (TopicPartition one : left) {
        long begin = begins.getOrDefault(one, 0L);
        long end = ends.getOrDefault(one, 0L);
        if (place != null
            && place.topic().equals(one.topic())
            && place.partition() == one.partition()) {
          begin = Math.max(begin, place.offset());
        }
        if (begin < end && !readOn(one, begin, end)) {
          return new Walk(found, next, read);
        }
      }
      return new Walk(found, null, read);
    }

    /** Where each partition begins, or where the wanted time begins in it. */
    private Map<TopicPartition, Long> begins(List<TopicPartition> parts) {
      Map<TopicPartition, Long> begins = new HashMap<>(consumer.beginningOffsets(parts, PATIENCE));
      if (filter.from() != null && !parts.isEmpty()) {
        long time = filter.from().toEpochMilli();
        Map<TopicPartition, Long> times = new HashMap<>();
        parts.forEach(part -> times.put(part, time));
        Map<TopicPartition, OffsetAndTimestamp> later = consumer.offsetsForTimes(times, PATIENCE);
        parts.forEach(
            part -> {
              OffsetAndTimestamp first = later.get(part);
              begins.put(part, first == null ? Long.MAX_VALUE : first.offset());
            });
      }
      return begins;
    }

    /** False: enough was found or read, and {@link #next} says where to go on. */
    private boolean readOn(TopicPartition part, long begin, long end) {
      consumer.assign(List.of(part));
      consumer.seek(part, begin);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      long position = begin;
      while (position < end) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
          if (record.offset() >= end) {
            break;
          }
          if (found.size() >= limit || read >= MOST_READ) {
            next = new LetterId(part.topic(), part.partition(), record.offset());
            return false;
          }
          read++;
          DeadLetter letter = letter(record);
          if (filter.takes(letter)) {
            found.add(letter);
          }
        }
        position = consumer.position(part, PATIENCE);
        if (position < end && System.nanoTime() > deadline) {
          throw new KafkaException("the broker sends nothing");
        }
      }
      return true;
    }
  }
}
