package dev.threadmill.core.kafka;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What somebody with a login does at the broker, with nothing of ours in between. It fails where
 * the broker refuses it.
 */
final class BrokerUse {
  private BrokerUse() {}

  static void write(Map<String, Object> login, String topic) throws Exception {
    var record = new ProducerRecord<byte[], byte[]>(topic, "{}".getBytes(StandardCharsets.UTF_8));
    try (var producer =
        new KafkaProducer<>(login, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(record).get(20, TimeUnit.SECONDS);
    }
  }

  /** As a member of the group, which says how far it is. There must be a record. */
  static void read(Map<String, Object> login, String topic, String group) {
    Map<String, Object> member = new HashMap<>(login);
    member.put("group.id", group);
    member.put("auto.offset.reset", "earliest");
    member.put("enable.auto.commit", false);
    try (var consumer = consumer(member)) {
      consumer.subscribe(List.of(topic));
      awaitRecord(consumer);
      consumer.commitSync();
    }
  }

  /** The topic's only partition, from its beginning. There must be a record. */
  static void readWithoutGroup(Map<String, Object> login, String topic) {
    try (var consumer = consumer(login)) {
      var partitions = List.of(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      awaitRecord(consumer);
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> properties) {
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static void awaitRecord(KafkaConsumer<byte[], byte[]> consumer) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInSameThread()
        .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
  }
}
