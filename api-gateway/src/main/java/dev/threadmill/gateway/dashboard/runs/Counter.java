package dev.threadmill.gateway.dashboard.runs;

import dev.threadmill.gateway.dashboard.Shown;
import dev.threadmill.gateway.runs.RunView;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A number or word that a run tells of itself: how far it is, or what came out. */
record Counter(String name, String value) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  static List<Counter> of(RunView run) {
    JsonNode told =
        run.result().isObject() && !run.result().isEmpty() ? run.result() : run.progress();
    List<Counter> counters = new ArrayList<>();
    told.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              if (value.isIntegralNumber()) {
                counters.add(new Counter(field.getKey(), "%,d".formatted(value.asLong())));
              } else if (value.isBoolean()) {
                counters.add(new Counter(field.getKey(), value.asBoolean() ? "yes" : "no"));
              } else if (value.isNumber() || value.isString()) {
                counters.add(new Counter(field.getKey(), text(value.asString())));
              }
            });
    return counters;
  }

  private static String text(String value) {
    try {
      return new Shown().time(Instant.parse(value));
    } catch (DateTimeParseException noTime) {
      return value;
    }
  }

  /** The settings of a run as they are sent for one. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> plain(JsonNode payload) {
    return payload.isObject()
        ? JSON.convertValue(payload, Map.class)
        : new LinkedHashMap<String, Object>();
  }
}
