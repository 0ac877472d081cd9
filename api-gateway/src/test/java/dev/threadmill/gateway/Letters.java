package dev.threadmill.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.threadmill.core.event.EventCodec;
import dev.threadmill.core.event.JobRequested;
import dev.threadmill.core.job.JobType;
import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.localstack.testing.TestServers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Dead letters as the services' listeners put them aside. */
public final class Letters {
  public static final String TOPIC = "job.requested";
  public static final String GROUP = "ingest-service.job-requested";
  public static final String DEAD = TOPIC + "." + GROUP + ".dlt";
  private static final String MANY = "scheduler.tick.many-of-the-tests.dlt";
  private static final int PARTITIONS = 2;
  private static final Map<String, Object> BROKER =
      Map.of("bootstrap.servers", TestServers.shared().bootstrapServers());

  private Letters() {}

  /** An event of a run that nobody could handle. */
  public static byte[] event(UUID project, UUID run) {
    return new EventCodec()
        .write(
            new JobRequested(
                UUID.randomUUID(), Instant.now(), project, run, JobType.CHATWOOT_SYNC, 0));
  }

  /** Puts it aside; answers the letter's id. */
  public static String put(int partition, byte[] value, int replays) {
    try (var admin = AdminClient.create(BROKER);
        var producer =
            new KafkaProducer<>(BROKER, new StringSerializer(), new ByteArraySerializer())) {
      create(admin, TOPIC);
      create(admin, DEAD);
      var letter = new ProducerRecord<>(DEAD, partition, "a key", value);
      letter.headers().add("traceparent", "00-abc-def-01".getBytes(UTF_8));
      letter.headers().add("kafka_dlt-original-topic", TOPIC.getBytes(UTF_8));
      letter.headers().add("kafka_dlt-original-offset", ByteBuffer.allocate(8).putLong(77).array());
      letter.headers().add(DeadLetters.CAUSE_HEADER, "it failed again and again".getBytes(UTF_8));
      if (replays > 0) {
        letter.headers().add(DeadLetters.REPLAYS_HEADER, Integer.toString(replays).getBytes(UTF_8));
      }
      var written = producer.send(letter).get(10, TimeUnit.SECONDS);
      return DEAD + ":" + written.partition() + ":" + written.offset();
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** Puts many aside that are no events, in a topic of their own: {@code scheduler.tick}'s. */
  static void many(int number) {
    try (var admin = AdminClient.create(BROKER)) {
      create(admin, MANY);
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
    // On a busy machine a producer may find no broker for the partition of a new topic for long.
    await().atMost(Duration.ofMinutes(2)).until(() -> sendMany(number));
  }

  /** Whether all of them arrived. */
  private static boolean sendMany(int number) {
    Map<String, Object> hasty = new HashMap<>(BROKER);
    hasty.put("request.timeout.ms", 5_000);
    hasty.put("delivery.timeout.ms", 20_000);
    AtomicInteger arrived = new AtomicInteger();
    try (var producer =
        new KafkaProducer<>(hasty, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < number; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(MANY, 0, "a key", new byte[] {'x'}),
                (record, failed) -> arrived.addAndGet(failed == null ? 1 : 0));
      }
      producer.flush();
    }
    return arrived.get() == number;
  }

  /** Takes that topic away again, for all other lists would go through it. */
  static void forgetMany() {
    try (var admin = AdminClient.create(BROKER)) {
      admin.deleteTopics(List.of(MANY)).all().get(10, TimeUnit.SECONDS);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !admin.listTopics().names().get(10, TimeUnit.SECONDS).contains(MANY));
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  private static void create(AdminClient admin, String topic) throws Exception {
    try {
      if (!admin.listTopics().names().get(10, TimeUnit.SECONDS).contains(topic)) {
        admin
            .createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
            .all()
            .get(10, TimeUnit.SECONDS);
      }
    } catch (ExecutionException another) {
      // The gateway under test was quicker.
    }
  }

  /** What lies in the topic of requested jobs and holds this text. */
  public static List<ConsumerRecord<String, byte[]>> sentAgain(String part) {
    try (var consumer =
        new KafkaConsumer<>(BROKER, new StringDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> parts =
          consumer.partitionsFor(TOPIC).stream()
              .map(one -> new TopicPartition(TOPIC, one.partition()))
              .toList();
      consumer.assign(parts);
      consumer.seekToBeginning(parts);
      Map<TopicPartition, Long> ends = consumer.endOffsets(parts);
      List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
      while (parts.stream().anyMatch(one -> consumer.position(one) < ends.get(one))) {
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
      found.removeIf(record -> !new String(record.value(), UTF_8).contains(part));
      return found;
    }
  }
}
