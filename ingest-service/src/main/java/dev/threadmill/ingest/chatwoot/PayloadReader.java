package dev.threadmill.ingest.chatwoot;

import dev.threadmill.ingest.chatwoot.ChatwootException.Kind;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Walks an answer while it arrives and hands over one row after the other, so that memory does not
 * grow with the number of rows. Takes both envelopes: {@code {"data": {meta, payload}}} and {@code
 * {meta, payload}}.
 */
final class PayloadReader {
  /** Times with a fraction of a second must not be rounded by way of a double. */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // A row is read out of the middle of an answer.
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Takes one row. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(JsonNode row) throws ChatwootException;
  }

  private final RowConsumer rows;
  private boolean payloadSeen;
  private @Nullable JsonNode meta;

  PayloadReader(RowConsumer rows) {
    this.rows = rows;
  }

  /** The answer's {@code meta}, which may come before or after the rows. */
  JsonNode read(JsonParser parser) throws ChatwootException {
    if (parser.nextToken() == JsonToken.START_OBJECT) {
      readObject(parser);
    }
    if (!payloadSeen) {
      throw new ChatwootException(Kind.NOT_CHATWOOT, "the answer has no payload");
    }
    return meta == null ? JSON.missingNode() : meta;
  }

  private void readObject(JsonParser parser) throws ChatwootException {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if ("data".equals(name) && value == JsonToken.START_OBJECT) {
        readObject(parser);
      } else if ("payload".equals(name) && value == JsonToken.START_ARRAY) {
        payloadSeen = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          JsonNode row = JSON.readTree(parser);
          rows.accept(row);
        }
      } else if ("meta".equals(name)) {
        meta = JSON.readTree(parser);
      } else {
        parser.skipChildren();
      }
    }
  }
}
