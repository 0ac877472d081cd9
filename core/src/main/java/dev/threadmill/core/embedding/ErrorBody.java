package dev.threadmill.core.embedding;

import com.openai.core.JsonObject;
import com.openai.core.JsonString;
import com.openai.core.JsonValue;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a refusal: OpenAI's {@code error} envelope, or the flat ones of other servers ({@code
 * {"error": "…"}}, {@code {"message": …, "code": …}}, {@code {"detail": …}}).
 */
record ErrorBody(Map<String, JsonValue> fields) {

  static ErrorBody of(JsonValue body) {
    Map<String, JsonValue> top = object(body);
    Map<String, JsonValue> envelope = object(top.get("error"));
    return new ErrorBody(envelope.isEmpty() ? top : envelope);
  }

  Optional<String> code() {
    return text("code").or(() -> text("type"));
  }

  Optional<String> message() {
    return text("message").or(() -> text("error")).or(() -> text("detail"));
  }

  private Optional<String> text(String field) {
    return fields.get(field) instanceof JsonString string
        ? Optional.of(string.value())
        : Optional.empty();
  }

  private static Map<String, JsonValue> object(@Nullable JsonValue value) {
    return value instanceof JsonObject object ? object.values() : Map.of();
  }
}
