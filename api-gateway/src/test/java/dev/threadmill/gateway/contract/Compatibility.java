package dev.threadmill.gateway.contract;

import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.output.MarkdownRender;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether a caller who knows one OpenAPI document gets along with another. */
final class Compatibility {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Compatibility() {}

  /** What breaks callers, in words; empty when nothing does. */
  static Optional<String> broken(String agreed, String now) {
    ChangedOpenApi changes =
        OpenApiCompare.fromContents(withWholeAnswers(agreed), withWholeAnswers(now));
    if (changes.isCompatible()) {
      return Optional.empty();
    }
    var text = new ByteArrayOutputStream();
    new MarkdownRender().render(changes, new OutputStreamWriter(text, StandardCharsets.UTF_8));
    return Optional.of(text.toString(StandardCharsets.UTF_8));
  }

  /**
   * An answer always has all of its fields, be they null, so callers may count on each: where one
   * goes, that is a break. The document does not say so, and the comparison lets fields go that
   * need not be there.
   */
  private static String withWholeAnswers(String contract) {
    JsonNode document = JSON.readTree(contract);
    Set<String> sent = sent(document);
    document
        .at("/components/schemas")
        .properties()
        .forEach(
            schema -> {
              JsonNode fields = schema.getValue().path("properties");
              if (!sent.contains(schema.getKey()) && !fields.isEmpty()) {
                ArrayNode required = ((ObjectNode) schema.getValue()).putArray("required");
                fields.propertyNames().forEach(required::add);
              }
            });
    return document.toString();
  }

  /** The schemas that bodies of requests are made of. */
  private static Set<String> sent(JsonNode document) {
    Set<String> names = new HashSet<>();
    Deque<JsonNode> left = new ArrayDeque<>(document.findValues("requestBody"));
    while (!left.isEmpty()) {
      for (JsonNode reference : left.pop().findValues("$ref")) {
        String name = reference.asString().replaceFirst(".*/", "");
        if (names.add(name)) {
          left.push(document.at("/components/schemas/" + name));
        }
      }
    }
    return names;
  }
}
