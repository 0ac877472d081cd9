package dev.threadmill.gateway.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call as the OpenAPI document describes it, for tests that must not forget one.
 *
 * @param path with its parameters in braces
 */
record ApiCall(String method, String path, JsonNode operation, JsonNode document) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What goes with nothing else, or comes from an answer. */
  private static final Set<String> LEFT_OUT = Set.of("cron", "cursor");

  /** Texts that are no mere words. Nobody listens at the address. */
  private static final Map<String, String> WORDS =
      Map.of(
          "base_url", "http://127.0.0.1:1",
          "webhook_secret", "a-secret-of-the-tests",
          "time_zone", "Europe/Berlin",
          "contact", "1");

  /** All there are. */
  static List<ApiCall> of(JsonNode document) {
    List<ApiCall> calls = new ArrayList<>();
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        call ->
                            calls.add(
                                new ApiCall(
                                    call.getKey().toUpperCase(java.util.Locale.ROOT),
                                    path.getKey(),
                                    call.getValue(),
                                    document))));
    return calls;
  }

  /** Webhooks bring a signature, and need no token. */
  boolean needsToken() {
    JsonNode security = operation.path("security");
    return security.isMissingNode() || !security.isEmpty();
  }

  List<String> parameters(String in) {
    return operation
        .path("parameters")
        .valueStream()
        .map(this::resolved)
        .filter(one -> one.path("in").asString().equals(in))
        .map(one -> one.path("name").asString())
        .toList();
  }

  /** The path with a value in the place of each parameter, in their order. */
  String path(List<String> values) {
    String filled = path;
    for (String value : values) {
      filled = filled.replaceFirst("\\{[^}]+}", java.util.regex.Matcher.quoteReplacement(value));
    }
    return filled;
  }

  int pathParameters() {
    return (int) path.chars().filter(letter -> letter == '{').count();
  }

  /** The fields of the body with their schemas; empty: it takes none, or any. */
  Map<String, JsonNode> bodyFields() {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    bodySchema()
        .ifPresent(
            schema ->
                alternatives(schema)
                    .forEach(
                        one ->
                            one.path("properties")
                                .properties()
                                .forEach(
                                    field ->
                                        fields.put(field.getKey(), resolved(field.getValue())))));
    return fields;
  }

  boolean takesBody() {
    return bodySchema().isPresent();
  }

  Optional<JsonNode> bodySchema() {
    return operation
        .path("requestBody")
        .path("content")
        .propertyStream()
        .map(content -> resolved(content.getValue().path("schema")))
        .findFirst();
  }

  private Stream<JsonNode> alternatives(JsonNode schema) {
    return Stream.concat(
        Stream.of(schema),
        Stream.of("allOf", "oneOf", "anyOf")
            .flatMap(word -> schema.path(word).valueStream())
            .map(this::resolved));
  }

  private JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asString().substring(1)) : node;
  }

  /** A body that could be right: none of its values is a reason to refuse it. */
  ObjectNode sample(Map<String, String> ids) {
    ObjectNode body = JSON.createObjectNode();
    bodyFields()
        .forEach(
            (name, schema) -> {
              if (!LEFT_OUT.contains(name)) {
                body.set(name, value(name, schema, ids));
              }
            });
    return body;
  }

  /** What could stand in a field of this name. */
  static JsonNode value(String name, JsonNode schema, Map<String, String> ids) {
    JsonNodeFactory nodes = JSON.getNodeFactory();
    if (ids.containsKey(name)) {
      return nodes.stringNode(ids.get(name));
    }
    if (schema.has("enum")) {
      return schema.path("enum").get(0);
    }
    return switch (schema.path("type").asString("")) {
      case "string" -> nodes.stringNode(text(name, schema.path("format").asString("")));
      case "integer", "number" -> nodes.numberNode(Math.max(1, schema.path("minimum").asInt(1)));
      case "boolean" -> nodes.booleanNode(true);
      case "array" -> nodes.arrayNode();
      default -> nodes.objectNode();
    };
  }

  private static String text(String name, String format) {
    return switch (format) {
      case "uuid" -> "00000000-0000-4000-8000-000000000000";
      case "date-time" ->
          name.equals("expires_at")
              ? Instant.now().plus(Duration.ofDays(30)).toString()
              : "2026-11-24T10:00:00Z";
      default -> WORDS.getOrDefault(name, "word");
    };
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
