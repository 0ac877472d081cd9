package dev.threadmill.scheduler.metrics;

import dev.threadmill.core.event.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Asks the broker how far each group of consumers has read. */
@Component
class BrokerOffsets implements DisposableBean {
  private static final int ANSWER_SECONDS = 5;

  /** Who reads what; docs/events.md names them. */
  static final List<Reader> READERS =
      List.of(
          new Reader("scheduler-service.tick", Topic.SCHEDULER_TICK),
          new Reader("ingest-service.job-requested", Topic.JOB_REQUESTED),
          new Reader("embed-worker.job-requested", Topic.JOB_REQUESTED),
          new Reader("scheduler-service.job-requested", Topic.JOB_REQUESTED),
          new Reader("embed-worker.message-upserted", Topic.MESSAGE_UPSERTED),
          new Reader("ingest-service.conversation-hinted", Topic.CONVERSATION_HINTED));

  private final KafkaAdmin admin;
  private @Nullable AdminClient client;

  BrokerOffsets(KafkaAdmin admin) {
    this.admin = admin;
  }

  record Reader(String group, Topic topic) {
    String deadLetters() {
      return Topic.deadLetters(topic.topicName(), group);
    }
  }

  /**
   * @param next the offset that the group takes next
   * @param end the offset of the next record to be written
   */
  record Position(TopicPartition partition, long next, long end) {
    long records() {
      return Math.max(0, end - next);
    }
  }

  /**
   * @param positions of each reader in each partition of its topic
   * @param deadLetters records that each reader's dead letters hold
   */
  record Answer(Map<Reader, List<Position>> positions, Map<Reader, Long> deadLetters) {}

  /**
   * @throws ExecutionException and the like when the broker does not answer
   */
  synchronized Answer read() throws ExecutionException, TimeoutException, InterruptedException {
    AdminClient asked = client();
    List<TopicPartition> partitions = partitions(asked);
    Map<TopicPartition, Long> ends = offsets(asked, partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> begins = offsets(asked, partitions, OffsetSpec.earliest());
    Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
        get(
            asked
                .listConsumerGroupOffsets(
                    READERS.stream()
                        .collect(
                            Collectors.toMap(
                                Reader::group, reader -> new ListConsumerGroupOffsetsSpec())))
                .all());
    Map<Reader, List<Position>> positions = new HashMap<>();
    Map<Reader, Long> deadLetters = new HashMap<>();
    for (Reader reader : READERS) {
      var of = committed.getOrDefault(reader.group(), Map.of());
      List<Position> found = new ArrayList<>();
      long dead = 0;
      for (TopicPartition partition : partitions) {
        long begin = begins.getOrDefault(partition, 0L);
        long end = ends.getOrDefault(partition, begin);
        if (partition.topic().equals(reader.topic().topicName())) {
          OffsetAndMetadata next = of.get(partition);
          found.add(
              new Position(partition, next == null ? begin : Math.max(begin, next.offset()), end));
        } else if (partition.topic().equals(reader.deadLetters())) {
          dead += end - begin;
        }
      }
      positions.put(reader, found);
      deadLetters.put(reader, dead);
    }
    return new Answer(positions, deadLetters);
  }

  private static List<TopicPartition> partitions(AdminClient asked)
      throws ExecutionException, TimeoutException, InterruptedException {
    List<String> wanted =
        READERS.stream()
            .flatMap(
                reader ->
                    java.util.stream.Stream.of(reader.topic().topicName(), reader.deadLetters()))
            .distinct()
            .toList();
    // A service that never ran has not made its dead letters' topic yet.
    var existing = get(asked.listTopics().names());
    return get(
            asked
                .describeTopics(wanted.stream().filter(existing::contains).toList())
                .allTopicNames())
        .values()
        .stream()
        .flatMap(
            topic ->
                topic.partitions().stream()
                    .map(partition -> new TopicPartition(topic.name(), partition.partition())))
        .toList();
  }

  private static Map<TopicPartition, Long> offsets(
      AdminClient asked, List<TopicPartition> partitions, OffsetSpec spec)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, ListOffsetsResultInfo> answers =
        get(
            asked
                .listOffsets(
                    partitions.stream().collect(Collectors.toMap(Function.identity(), p -> spec)))
                .all());
    return answers.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private static <T> T get(KafkaFuture<T> answer)
      throws ExecutionException, TimeoutException, InterruptedException {
    return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  private AdminClient client() {
    AdminClient open = client;
    if (open == null) {
      open = AdminClient.create(admin.getConfigurationProperties());
      client = open;
    }
    return open;
  }

  @Override
  public synchronized void destroy() {
    if (client != null) {
      client.close(java.time.Duration.ZERO);
    }
  }
}
