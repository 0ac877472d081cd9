package dev.threadmill.embed.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.event.MessageUpserted;
import dev.threadmill.core.event.Topic;
import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.embed.Rows;
import dev.threadmill.embed.WorkerTest;
import dev.threadmill.localstack.openai.Trouble;
import dev.threadmill.localstack.testing.TestServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class MessageUpsertedListenerIT extends WorkerTest {

  @Test
  void an_announced_chunk_becomes_ready_with_the_vector_of_its_text() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("where is my parcel?"));

    announce(event);

    untilAllReady(home, 1);
    Rows.Chunk chunk = rows.read(event.chunkId());
    assertThat(chunk.model()).isEqualTo(MODEL);
    assertThat(chunk.attempts()).isZero();
    assertThat(chunk.error()).isNull();
    assertVectorFits(chunk.id());
  }

  @Test
  void events_that_come_twice_are_paid_once() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 150, Duration.ZERO);

    announce(events);
    announce(events);
    untilAllReady(home, events.size());
    announce(events);
    announce(rows.chunk(home, unique("the last")));

    untilAllReady(home, events.size() + 1);
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(events.size() + 1L);
  }

  @Test
  void equal_texts_are_sent_once_whether_they_wait_together_or_come_later() {
    Rows.Home home = rows.project();
    String text = unique("thank you!");
    announce(rows.chunk(home, text), rows.chunk(home, text), rows.chunk(home, text));
    untilAllReady(home, 3);

    MessageUpserted later = rows.chunk(home, text);
    announce(later);

    untilAllReady(home, 4);
    assertThat(OPEN_AI.log().timesEmbedded(text)).isEqualTo(1);
    assertVectorFits(later.chunkId());
  }

  @Test
  void a_row_that_is_edited_while_its_text_is_under_way_ends_with_the_vector_of_its_new_text() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("before the edit"));
    String edited = unique("after the edit");
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG));
    announce(event);
    until().until(() -> hanging.hits() == 1);

    rows.edit(event.chunkId(), edited);
    hanging.close();

    untilAllReady(home, 1);
    assertThat(rows.read(event.chunkId()).text()).isEqualTo(edited);
    assertVectorFits(event.chunkId());
  }

  @Test
  void a_record_that_is_no_event_is_put_aside_whole_and_blocks_nobody() {
    Rows.Home home = rows.project();
    byte[] garbage = {'{', 0, (byte) 0xff, '!'};
    var record = new ProducerRecord<>(Topic.Names.MESSAGE_UPSERTED, "some-key", garbage);
    record.headers().add("traceparent", bytes("00-1-2-01"));
    MessageUpserted good = rows.chunk(home, unique("behind the garbage"));

    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", TestServers.shared().bootstrapServers()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      producer.send(record);
    }
    announce(good);

    untilAllReady(home, 1);
    ConsumerRecord<String, byte[]> letter = deadLetter("some-key");
    assertThat(letter.value()).isEqualTo(garbage);
    assertThat(header(letter.headers(), "traceparent")).isEqualTo("00-1-2-01");
    assertThat(header(letter.headers(), DeadLetters.CAUSE_HEADER)).contains("not a JSON object");
  }

  @Test
  void an_answer_that_is_paid_for_is_written_when_the_database_is_back() {
    Rows.Home home = rows.project();
    MessageUpserted event = rows.chunk(home, unique("paid before the outage"));
    var hanging = OPEN_AI.troubles().add(Trouble.of(Trouble.Kind.HANG));
    announce(event);
    until().until(() -> hanging.hits() == 1);

    TestServers.shared().stopPostgres();
    hanging.close();
    until().until(() -> OPEN_AI.log().inputsEmbedded() == 1);
    TestServers.shared().startPostgres();

    untilAllReady(home, 1);
    assertThat(OPEN_AI.log().inputsEmbedded()).isEqualTo(1);
  }

  @Test
  void events_that_come_while_the_database_is_away_wait_for_it() {
    Rows.Home home = rows.project();
    List<MessageUpserted> events = chunks(home, 20, Duration.ZERO);

    TestServers.shared().stopPostgres();
    announce(events);
    TestServers.shared().startPostgres();

    untilAllReady(home, events.size());
  }

  private static ConsumerRecord<String, byte[]> deadLetter(String key) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                TestServers.shared().bootstrapServers(),
                "auto.offset.reset",
                "earliest",
                "group.id",
                unique("reader")),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(
          List.of(
              Topic.deadLetters(Topic.Names.MESSAGE_UPSERTED, "embed-worker.message-upserted")));
      List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
      until()
          .until(
              () -> {
                consumer.poll(Duration.ofSeconds(1)).forEach(found::add);
                return found.stream().anyMatch(letter -> key.equals(letter.key()));
              });
      return found.stream().filter(letter -> key.equals(letter.key())).findFirst().orElseThrow();
    }
  }

  private static String header(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
