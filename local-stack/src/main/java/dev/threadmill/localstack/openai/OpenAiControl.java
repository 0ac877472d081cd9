package dev.threadmill.localstack.openai;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code /simulator/…}: settings, troubles and counters of a server in another process. */
final class OpenAiControl {
  private static final JsonMapper JSON = new JsonMapper();
  private final OpenAiSimulator simulator;

  OpenAiControl(OpenAiSimulator simulator) {
    this.simulator = simulator;
  }

  void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String call = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    int status = 200;
    Map<String, Object> answer;
    try {
      answer = answer(call, JSON.readTree(body.length == 0 ? new byte[] {'{', '}'} : body));
    } catch (RuntimeException bad) {
      status = 422;
      answer = Map.of("error", String.valueOf(bad.getMessage()));
    }
    byte[] bytes = JSON.writeValueAsBytes(answer);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private Map<String, Object> answer(String call, JsonNode body) {
    switch (call) {
      case "GET /simulator/health" -> {
        return Map.of("status", "ready");
      }
      case "GET /simulator/stats" -> {
        return stats();
      }
      case "DELETE /simulator/stats" -> simulator.log().reset();
      case "POST /simulator/troubles" -> simulator.troubles().add(trouble(body));
      case "DELETE /simulator/troubles" -> simulator.troubles().clear();
      case "POST /simulator/poison" -> simulator.settings().poison(body.path("marker").asString());
      case "DELETE /simulator/poison" -> simulator.settings().clearPoison();
      case "POST /simulator/settings" -> settings(body);
      default -> throw new IllegalArgumentException("No such call: " + call);
    }
    return Map.of("done", true);
  }

  private Map<String, Object> stats() {
    EmbeddingLog log = simulator.log();
    Map<String, Object> stats = new LinkedHashMap<>();
    stats.put("requests", log.requests());
    stats.put("requests_by_status", log.requestsByStatus());
    stats.put("inputs_received", log.inputsReceived());
    stats.put("inputs_embedded", log.inputsEmbedded());
    stats.put("distinct_texts", log.distinctTexts());
    stats.put("repeated_inputs", log.repeatedInputs());
    stats.put("tokens", log.tokens());
    stats.put("largest_request", log.largestRequest());
    stats.put("max_concurrency", log.maxConcurrency());
    return stats;
  }

  private static Trouble trouble(JsonNode body) {
    return new Trouble(
        Trouble.Kind.valueOf(body.path("kind").asString("").toUpperCase(Locale.ROOT)),
        body.path("skip").asInt(0),
        body.path("always").asBoolean(false) ? Integer.MAX_VALUE : body.path("times").asInt(1),
        body.path("status").asInt(500),
        Duration.ofMillis(body.path("delay_ms").asLong(1000)),
        body.path("containing").asString(""));
  }

  private void settings(JsonNode body) {
    OpenAiSettings settings = simulator.settings();
    body.propertyNames()
        .forEach(
            name -> {
              JsonNode value = body.path(name);
              switch (name) {
                case "latency_ms" -> settings.latency(Duration.ofMillis(value.asLong()));
                case "max_inputs" ->
                    settings.maxInputs(
                        value.asInt(), body.path("too_many_inputs_status").asInt(413));
                case "too_many_inputs_status" -> {}
                case "requests_per_minute", "tokens_per_minute" ->
                    simulator
                        .limits()
                        .perMinute(
                            body.path("requests_per_minute").asLong(0),
                            body.path("tokens_per_minute").asLong(0));
                case "flat_errors" -> settings.flatErrors(value.asBoolean());
                case "rate_headers" -> settings.rateHeaders(value.asBoolean());
                default -> throw new IllegalArgumentException("No setting named " + name);
              }
            });
  }
}
