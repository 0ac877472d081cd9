package dev.threadmill.localstack.openai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request that has the right shape.
 *
 * @param dimensions null when not asked for
 */
record EmbeddingsRequest(
    String model, List<String> inputs, @Nullable Integer dimensions, boolean base64) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Set<String> FIELDS =
      Set.of("model", "input", "dimensions", "encoding_format", "user");

  static EmbeddingsRequest parse(byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException unreadable) {
      throw ApiError.badRequest("We could not parse the JSON body of your request.");
    }
    for (String field : json.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw ApiError.badRequest("Unrecognized request argument supplied: " + field);
      }
    }
    if (!json.path("model").isString()) {
      throw ApiError.badRequest("you must provide a model parameter");
    }
    String format = json.path("encoding_format").asString("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw ApiError.badRequest("Invalid value for 'encoding_format': '" + format + "'.");
    }
    return new EmbeddingsRequest(
        json.path("model").asString(),
        inputs(json.path("input")),
        dimensions(json.path("dimensions")),
        format.equals("base64"));
  }

  private static @Nullable Integer dimensions(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    if (!node.isInt() || node.asInt() < 1) {
      throw ApiError.badRequest("Invalid value for 'dimensions'.");
    }
    return node.asInt();
  }

  private static List<String> inputs(JsonNode input) {
    if (input.isString()) {
      return List.of(input.asString());
    }
    if (!input.isArray() || input.isEmpty()) {
      throw ApiError.badInput();
    }
    if (input.get(0).isIntegralNumber()) {
      return List.of(tokens(input));
    }
    List<String> texts = new ArrayList<>(input.size());
    for (JsonNode element : input) {
      if (element.isString()) {
        texts.add(element.asString());
      } else if (element.isArray() && !element.isEmpty()) {
        texts.add(tokens(element));
      } else {
        throw ApiError.badInput();
      }
    }
    return texts;
  }

  /** Token ids have no text here; their own digits stand for it. */
  private static String tokens(JsonNode ids) {
    StringBuilder text = new StringBuilder();
    ids.forEach(id -> text.append(id.asInt() % 1000).append(' '));
    return text.toString();
  }

  /** Checks it against the server's limits and returns its tokens by bytes / 4. */
  long check(OpenAiSettings settings) {
    Integer width = settings.width(model);
    if (width == null) {
      throw ApiError.noModel(model);
    }
    if (dimensions != null && (!model.startsWith("text-embedding-3-") || dimensions > width)) {
      throw ApiError.badRequest("This model does not support specifying dimensions.");
    }
    if (inputs.size() > settings.maxInputs()) {
      throw tooManyInputs(settings);
    }
    long bytes = 0;
    for (String text : inputs) {
      check(text, settings);
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }
    long tokens = Math.max(1, bytes / 4);
    if (tokens > settings.maxTokensPerRequest()) {
      throw new ApiError(
          400,
          "max_tokens_per_request",
          "max_tokens_per_request",
          String.format(
              "Requested %d tokens, max %d tokens per request",
              tokens, settings.maxTokensPerRequest()));
    }
    return tokens;
  }

  private ApiError tooManyInputs(OpenAiSettings settings) {
    return new ApiError(
        settings.statusOfTooManyInputs(),
        "invalid_request_error",
        null,
        "batch size " + inputs.size() + " > maximum allowed batch size " + settings.maxInputs());
  }

  private static void check(String text, OpenAiSettings settings) {
    if (settings.refuses(text) || settings.poisoned(text)) {
      throw ApiError.badInput();
    }
    // Two characters a token at the densest: shorter texts need no counting.
    if (text.length() * 2L > settings.maxTokensPerInput()) {
      int tokens = settings.tokens(text);
      if (tokens > settings.maxTokensPerInput()) {
        throw ApiError.badRequest(
            "This model's maximum context length is "
                + settings.maxTokensPerInput()
                + " tokens, however you requested "
                + tokens
                + " tokens ("
                + tokens
                + " in your prompt; 0 for the completion). Please reduce your prompt; or"
                + " completion length.");
      }
    }
  }
}
