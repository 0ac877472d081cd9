package dev.threadmill.gateway.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/**
 * Bodies that nobody should send, made from the schema of those that one should: something wrong in
 * each place in turn, however deep, and in many places at once by chance.
 */
final class HostileBodies {
  private static final JsonNodeFactory NODES = JsonMapper.builder().build().getNodeFactory();
  private static final int DEEPEST = 6;
  private static final int MOST_ITEMS = 60;

  /** As they stand in a body. */
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "1e309",
          "99999999999999999999999999",
          "[]",
          "{}",
          "[null]",
          "{\"a\":{\"b\":null}}",
          "\"\"",
          "\"a\\u0000b\"",
          "\"\\ud800\"",
          "\"\\udc00\\ud800\"",
          "\"\\u202eabc\"",
          "\"'; drop table projects; --\"",
          "\"../../../etc/passwd\"",
          "\"😀😀\"",
          "\"+1000000000-12-31T23:59:59Z\"",
          "\"" + "x".repeat(20_000) + "\"");

  /** Signs that mean something to somebody on the way. */
  private static final List<String> SIGNS =
      List.of(
          "a", "Z", "0", " ", "\n", "\0", "%", "_", "*", "..", "(", ")", "|", "{{", "}}", "\\", "'",
          "\"", ":", "-", "é", "ß", "\u0131", "😀", "\ud800", "\u202e", "\ufeff", "1e9");

  private final JsonNode schema;
  private final JsonNode document;

  /**
   * @param document where its references lead
   */
  HostileBodies(JsonNode schema, JsonNode document) {
    this.schema = schema;
    this.document = document;
  }

  /**
   * @param wrong what is, and where
   */
  record Body(String wrong, byte[] bytes) {
    private static Body of(String wrong, JsonNode body) {
      return new Body(wrong, body.toString().getBytes(UTF_8));
    }
  }

  /** Each place of a whole body with each of the values. */
  List<Body> everyPlace() {
    List<Body> all = new ArrayList<>();
    for (List<String> place : places(whole("", schema, 0), List.of())) {
      for (String value : VALUES) {
        JsonNode body = whole("", schema, 0);
        put(body, place, value);
        all.add(Body.of(String.join("/", place) + " " + value, body));
      }
    }
    return all;
  }

  /** So many that chance makes. */
  List<Body> byChance(int number, Random random) {
    List<Body> all = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      JsonNode body = chance(schema, random, 0);
      all.add(Body.of(body.toString(), body));
    }
    return all;
  }

  /** With every field, and one item in every list. */
  private JsonNode whole(String name, JsonNode of, int depth) {
    JsonNode one = resolved(of);
    if (depth > DEEPEST) {
      return NODES.nullNode();
    }
    if (one.has("properties")) {
      ObjectNode all = NODES.objectNode();
      one.path("properties")
          .properties()
          .forEach(
              field -> all.set(field.getKey(), whole(field.getKey(), field.getValue(), depth + 1)));
      return all;
    }
    if (one.has("items")) {
      return NODES.arrayNode().add(whole(name, one.path("items"), depth + 1));
    }
    if (one.has("additionalProperties")) {
      return NODES.objectNode().put("a", 1);
    }
    return ApiCall.value(name, one, Map.of());
  }

  private JsonNode chance(JsonNode of, Random random, int depth) {
    JsonNode one = resolved(of);
    if (depth > DEEPEST || random.nextInt(8) == 0) {
      return NODES.rawValueNode(new RawValue(VALUES.get(random.nextInt(VALUES.size()))));
    }
    if (one.has("enum") && random.nextInt(4) > 0) {
      return one.path("enum").get(random.nextInt(one.path("enum").size()));
    }
    if (one.has("properties")) {
      ObjectNode some = NODES.objectNode();
      one.path("properties")
          .properties()
          .forEach(
              field -> {
                if (random.nextInt(3) > 0) {
                  some.set(field.getKey(), chance(field.getValue(), random, depth + 1));
                }
              });
      return some;
    }
    return switch (one.path("type").asString("")) {
      case "array" -> {
        ArrayNode items = NODES.arrayNode();
        int number = random.nextInt(4) == 0 ? random.nextInt(MOST_ITEMS) : random.nextInt(4);
        for (int i = 0; i < number; i++) {
          items.add(chance(one.path("items"), random, depth + 1));
        }
        yield items;
      }
      case "integer" ->
          NODES.numberNode(random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(-2, 400));
      case "number" -> NODES.numberNode(random.nextGaussian() * Math.pow(10, random.nextInt(20)));
      case "boolean" -> NODES.booleanNode(random.nextBoolean());
      case "object" ->
          NODES.objectNode().set(text(random), chance(NODES.objectNode(), random, depth + 1));
      default -> NODES.stringNode(text(random));
    };
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(5) == 0 ? random.nextInt(600) : random.nextInt(12);
    for (int i = 0; i < length; i++) {
      text.append(SIGNS.get(random.nextInt(SIGNS.size())));
    }
    return text.toString();
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode one = node.has("allOf") ? node.path("allOf").get(0) : node;
    return one.has("$ref") ? document.at(one.path("$ref").asString().substring(1)) : one;
  }

  private static List<List<String>> places(JsonNode body, List<String> way) {
    List<List<String>> all = new ArrayList<>();
    if (!way.isEmpty()) {
      all.add(way);
    }
    if (body.isObject()) {
      body.properties()
          .forEach(field -> all.addAll(places(field.getValue(), longer(way, field.getKey()))));
    } else if (body.isArray()) {
      for (int i = 0; i < body.size(); i++) {
        all.addAll(places(body.get(i), longer(way, Integer.toString(i))));
      }
    }
    return all;
  }

  private static List<String> longer(List<String> way, String step) {
    List<String> longer = new ArrayList<>(way);
    longer.add(step);
    return longer;
  }

  private static void put(JsonNode body, List<String> place, String value) {
    JsonNode at = body;
    for (String step : place.subList(0, place.size() - 1)) {
      at = at.isArray() ? at.get(Integer.parseInt(step)) : at.get(step);
    }
    JsonNode raw = NODES.rawValueNode(new RawValue(value));
    if (at instanceof ArrayNode list) {
      list.set(Integer.parseInt(place.getLast()), raw);
    } else {
      ((ObjectNode) at).set(place.getLast(), raw);
    }
  }
}
