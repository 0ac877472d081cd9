package dev.threadmill.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether what the gateway answers is what docs/openapi.json says of it: the status, the media type
 * and each field. Every answer that a test gets is looked at.
 */
public final class AgreedAnswers {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNode DOCUMENT = read();
  private static final List<Call> CALLS = calls();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final Map<String, Schema> COMPILED = new ConcurrentHashMap<>();

  private record Call(String path, Pattern pattern, JsonNode operations) {
    static Call of(String path, JsonNode operations) {
      return new Call(path, Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+")), operations);
    }

    long parameters() {
      return path.chars().filter(letter -> letter == '{').count();
    }
  }

  private AgreedAnswers() {}

  /** Looks at what went well; pages and calls that are none of the document's are left alone. */
  public static void check(String method, String path, HttpResponse<?> answer, String body) {
    if (answer.statusCode() / 100 != 2
        || !List.of("GET", "POST", "PUT", "PATCH", "DELETE").contains(method)) {
      return;
    }
    called(path)
        .ifPresent(
            call -> {
              String status = Integer.toString(answer.statusCode());
              String name = method + " " + call.path() + " " + status;
              JsonNode agreed =
                  call.operations()
                      .path(method.toLowerCase(java.util.Locale.ROOT))
                      .path("responses")
                      .path(status);
              assertThat(agreed.isMissingNode())
                  .as("%s is not in docs/openapi.json", name)
                  .isFalse();
              check(name, agreed.path("content"), answer, body);
            });
  }

  private static void check(String name, JsonNode agreed, HttpResponse<?> answer, String body) {
    String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
    if (agreed.isEmpty()) {
      assertThat(body).as(name).isNullOrEmpty();
      return;
    }
    assertThat(agreed.propertyNames()).as(name).contains(type);
    if (type.equals("application/json")) {
      Schema schema =
          COMPILED.computeIfAbsent(name, any -> compiled(agreed.path(type).path("schema")));
      assertThat(schema.validate(JSON.readTree(body))).as("%s: %s", name, body).isEmpty();
    }
  }

  private static Optional<Call> called(String path) {
    String plain = path.replaceFirst("\\?.*", "").replaceFirst("^/v1(?=/)", "");
    return CALLS.stream().filter(call -> call.pattern().matcher(plain).matches()).findFirst();
  }

  private static Schema compiled(JsonNode schema) {
    ObjectNode whole = (ObjectNode) strict(schema);
    whole.set("components", strict(DOCUMENT.path("components")));
    return SCHEMAS.getSchema(whole);
  }

  /**
   * As JSON schemas of today say it: null is a type of its own, and no field is let through that is
   * not named.
   */
  private static JsonNode strict(JsonNode node) {
    if (!(node instanceof ObjectNode)) {
      return node;
    }
    ObjectNode strict = JSON.createObjectNode();
    node.properties()
        .forEach(
            field ->
                strict.set(
                    field.getKey(),
                    field.getValue().isArray()
                        ? JSON.valueToTree(
                            field.getValue().valueStream().map(AgreedAnswers::strict).toList())
                        : strict(field.getValue())));
    // Of OpenAPI 3.0 this is true or false; today it is the number.
    strict.remove("exclusiveMinimum");
    if (node.path("properties").isObject() && !node.has("additionalProperties")) {
      strict.put("additionalProperties", false);
    }
    if (node.path("nullable").asBoolean(false)) {
      ObjectNode orNull = JSON.createObjectNode();
      orNull.putArray("anyOf").add(JSON.createObjectNode().put("type", "null")).add(strict);
      return orNull;
    }
    return strict;
  }

  /** The ones with the fewest parameters first: /conversations/export is no conversation. */
  private static List<Call> calls() {
    return DOCUMENT
        .path("paths")
        .propertyStream()
        .map(path -> Call.of(path.getKey(), path.getValue()))
        .sorted(Comparator.comparing(Call::parameters))
        .toList();
  }

  private static JsonNode read() {
    try {
      return JSON.readTree(
          Files.readString(Path.of(System.getProperty("threadmill.root"), "docs", "openapi.json")));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
