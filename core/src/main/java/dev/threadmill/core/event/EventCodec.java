package dev.threadmill.core.event;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Events as JSON in UTF-8. {@code type} is a wire name and never a class; unknown fields are
 * ignored.
 */
public final class EventCodec {
  /** The only version there is. Fields may be added to it; anything else is a new topic. */
  private static final int VERSION = 1;

  private final JsonMapper mapper =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  public byte[] write(Event event) {
    ObjectNode node = mapper.valueToTree(event);
    node.put("type", Topic.of(event).topicName());
    node.put("version", VERSION);
    return mapper.writeValueAsBytes(node);
  }

  /**
   * Reads an event of the wanted type.
   *
   * @throws MalformedEventException with a sentence that says what is wrong, without repeating the
   *     content
   */
  public <E extends Event> E read(byte[] bytes, Class<E> wanted) {
    JsonNode node = parse(bytes);
    String expected =
        Arrays.stream(Topic.values())
            .filter(topic -> topic.eventType() == wanted)
            .map(Topic::topicName)
            .collect(Collectors.joining());
    if (!expected.equals(node.path("type").asString(""))) {
      throw new MalformedEventException("field 'type' is not '" + expected + "'");
    }
    if (node.path("version").asInt(0) != VERSION) {
      throw new MalformedEventException("field 'version' is not " + VERSION);
    }
    requireFields(node, wanted);
    try {
      return mapper.treeToValue(node, wanted);
    } catch (JacksonException unusable) {
      throw new MalformedEventException(
          "not a valid " + expected + ": a field has the wrong type or value");
    }
  }

  /** The same, of the type that the topic has. */
  public Event read(byte[] bytes, Topic topic) {
    return read(bytes, topic.eventType());
  }

  private JsonNode parse(byte[] bytes) {
    if (bytes == null || bytes.length == 0) {
      throw new MalformedEventException("the record is empty");
    }
    try {
      JsonNode node = mapper.readTree(bytes);
      if (node.isObject()) {
        return node;
      }
    } catch (JacksonException notJson) {
      // Said below; the parser's own message may quote the content.
    }
    throw new MalformedEventException("the record is not a JSON object");
  }

  private static void requireFields(JsonNode node, Class<? extends Event> wanted) {
    for (var component : wanted.getRecordComponents()) {
      String name = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      boolean optional = mayBeAbsent(wanted, component.getName());
      if (!optional && !node.hasNonNull(name)) {
        throw new MalformedEventException("field '" + name + "' is missing");
      }
    }
  }

  private static boolean mayBeAbsent(Class<? extends Event> wanted, String component) {
    return (wanted == SchedulerTick.class && component.equals("projectId"))
        || (wanted == JobFinished.class && component.equals("counters"));
  }
}
