package dev.threadmill.ingest.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Many rows as one JSON parameter for {@code json_to_recordset}: one statement, whatever their
 * number. The planner takes such a parameter for a hundred rows and would, while a table is young
 * and without statistics, read all of it to join them; {@code lateral (... offset 0)} makes it look
 * each row up.
 */
final class Rows {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Rows() {}

  static <T> String of(Collection<T> values, Function<T, Row> row) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode(values.size());
    values.forEach(value -> array.add(row.apply(value).node));
    return array.toString();
  }

  static String ofNumbers(Collection<Long> numbers) {
    return JSON.writeValueAsString(numbers);
  }

  static String ofTexts(Collection<String> texts) {
    return JSON.writeValueAsString(texts);
  }

  /** One row, column by column. */
  static final class Row {
    private final ObjectNode node = JsonNodeFactory.instance.objectNode();

    Row with(String column, @Nullable String value) {
      node.put(column, value);
      return this;
    }

    Row with(String column, @Nullable Long value) {
      node.put(column, value);
      return this;
    }

    Row with(String column, boolean value) {
      node.put(column, value);
      return this;
    }

    Row with(String column, @Nullable Instant value) {
      return with(column, value == null ? null : value.toString());
    }

    Row with(String column, JsonNode value) {
      node.set(column, value);
      return this;
    }

    Row with(String column, List<String> values) {
      ArrayNode array = node.putArray(column);
      values.forEach(array::add);
      return this;
    }
  }
}
