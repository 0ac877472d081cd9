package dev.threadmill.core.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class EventCodecTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final EventCodec codec = new EventCodec();

  @ParameterizedTest
  @EnumSource
  void the_golden_sample_of_each_event_keeps_parsing_and_is_written_the_same(Topic topic) {
    byte[] sample = sample(topic);

    Event event = codec.read(sample, topic.eventType());

    assertThat(Topic.of(event)).isEqualTo(topic);
    assertThat(JSON.readTree(codec.write(event))).isEqualTo(JSON.readTree(sample));
  }

  @ParameterizedTest
  @EnumSource
  void unknown_fields_are_ignored(Topic topic) {
    ObjectNode node = (ObjectNode) JSON.readTree(sample(topic));
    node.putObject("field_of_a_later_version").put("nested", true);

    Event event = codec.read(JSON.writeValueAsBytes(node), topic.eventType());

    assertThat(event).isEqualTo(codec.read(sample(topic), topic.eventType()));
  }

  @ParameterizedTest
  @EnumSource
  void no_class_name_is_written(Topic topic) {
    String json =
        new String(
            codec.write(codec.read(sample(topic), topic.eventType())), StandardCharsets.UTF_8);

    assertThat(json).doesNotContain("dev.threadmill", "Event\"", "@class");
  }

  @ParameterizedTest
  @EnumSource
  void a_missing_field_is_named(Topic topic) {
    ObjectNode node = (ObjectNode) JSON.readTree(sample(topic));
    node.remove("event_id");

    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> codec.read(JSON.writeValueAsBytes(node), topic.eventType()))
        .withMessage("field 'event_id' is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret words",
        "[]",
        "null",
        "{\"type\":\"secret words\"}",
        "{\"type\":\"job.requested\",\"version\":2}"
      })
  void what_is_no_event_is_refused_without_quoting_it(String text) {
    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> codec.read(text.getBytes(StandardCharsets.UTF_8), JobRequested.class))
        .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("secret"));
  }

  @Test
  void a_field_of_the_wrong_type_is_refused_without_quoting_it() {
    ObjectNode node = (ObjectNode) JSON.readTree(sample(Topic.JOB_REQUESTED));
    node.put("run_id", "secret words");

    assertThatExceptionOfType(MalformedEventException.class)
        .isThrownBy(() -> codec.read(JSON.writeValueAsBytes(node), JobRequested.class))
        .satisfies(refused -> assertThat(refused).hasMessageNotContaining("secret").hasNoCause());
  }

  private static byte[] sample(Topic topic) {
    try (InputStream in =
        EventCodecTest.class.getResourceAsStream("/events/" + topic.topicName() + ".json")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }
}
