package dev.threadmill.scheduler.campaign;

import java.io.InputStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Goes through a window of a conversation's messages while they arrive, and keeps none of them.
 *
 * <p>Ours is known by its mark. A server that does not keep the mark shows the text: an outgoing
 * message with the same one is taken for it, for then the customer has read it. Of a deleted
 * message neither is left.
 */
final class MessageWindow {
  /** As many rows as the server gives for a window; that many may be not all. */
  private static final int FULL = 1000;

  private static final int OUTGOING = 1;
  private static final Pattern GAP = Pattern.compile("\\s+");
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final SearchedMessage wanted;
  private final String text;
  private @Nullable Long found;
  private boolean deleted;
  private boolean read;
  private int rows;

  MessageWindow(SearchedMessage wanted) {
    this.wanted = wanted;
    this.text = line(wanted.text());
  }

  void read(InputStream body) {
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean payload = parser.currentName().equals("payload");
        if (parser.nextToken() == JsonToken.START_ARRAY && payload) {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode row = JSON.readTree(parser);
            see(row);
          }
          read = true;
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  private void see(JsonNode row) {
    rows++;
    long id = row.path("id").asLong(0);
    if (id <= wanted.after() || row.path("message_type").asInt(-1) != OUTGOING) {
      return;
    }
    JsonNode attributes = row.path("content_attributes");
    String mark = attributes.path(ChatwootSender.MARK).asString("");
    if (mark.equals(wanted.id().toString())) {
      found = id;
    } else if (attributes.path("deleted").asBoolean(false)) {
      deleted = true;
    } else if (found == null
        && mark.isEmpty()
        && !row.path("private").asBoolean(false)
        && line(row.path("content").asString("")).equals(text)) {
      found = id;
    }
  }

  private static String line(String text) {
    return GAP.matcher(text.strip()).replaceAll(" ");
  }

  /** Whether there was a list of messages in the answer. */
  boolean isRead() {
    return read;
  }

  /** Whether more rows would change nothing. */
  boolean conclusive() {
    return found != null || rows < FULL;
  }

  LookAnswer answer() {
    if (found != null) {
      return new LookAnswer.Found(found);
    }
    return deleted ? new LookAnswer.Deleted() : new LookAnswer.Absent();
  }
}
