package dev.threadmill.ingest.chatwoot;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The one rule for text that PostgreSQL can't hold: the character U+0000 is left out, and a
 * surrogate without its partner becomes U+FFFD. Everything else stays as it came.
 */
public final class CleanText {
  private static final char REPLACEMENT = '\uFFFD';

  private CleanText() {}

  public static String clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return rewritten(text, i);
      }
    }
    return text;
  }

  private static String rewritten(String text, int start) {
    var clean = new StringBuilder(text.length()).append(text, 0, start);
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        clean.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        clean.append(REPLACEMENT);
      } else if (c != 0) {
        clean.append(c);
      }
    }
    return clean.toString();
  }

  /** The same for all names and texts within a JSON value. */
  static JsonNode clean(JsonNode node) {
    return switch (node) {
      case StringNode text -> JsonNodeFactory.instance.stringNode(clean(text.stringValue()));
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode(array.size());
        array.forEach(element -> copy.add(clean(element)));
        yield copy;
      }
      case ObjectNode object -> {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object.forEachEntry((name, value) -> copy.set(clean(name), clean(value)));
        yield copy;
      }
      default -> node;
    };
  }

  static @Nullable String textOf(JsonNode node) {
    return node.isString() && !node.stringValue().isEmpty() ? node.stringValue() : null;
  }
}
