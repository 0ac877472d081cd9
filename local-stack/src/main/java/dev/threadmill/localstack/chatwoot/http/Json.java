package dev.threadmill.localstack.chatwoot.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as Rails writes it: {@code <}, {@code >}, {@code &} and two line separators are escaped. */
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().characterEscapes(new RailsEscapes()).build())
          .build();

  private Json() {}

  public static byte[] bytes(Object value) {
    return wellFormed(MAPPER.writeValueAsString(value)).getBytes(StandardCharsets.UTF_8);
  }

  /** An unreadable or empty body counts as an empty object. */
  public static JsonNode read(byte[] body) {
    try {
      JsonNode node =
          MAPPER.readTree(body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body);
      return node.isObject() ? node : MAPPER.createObjectNode();
    } catch (RuntimeException unreadable) {
      return MAPPER.createObjectNode();
    }
  }

  /** Any JSON value as maps, lists and plain values. */
  public static Object plain(JsonNode node) {
    return MAPPER.treeToValue(node, Object.class);
  }

  /** Half a surrogate pair has no UTF-8 form: it goes out as an escape, so that clients meet it. */
  private static String wellFormed(String json) {
    StringBuilder repaired = null;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < json.length()
              && Character.isLowSurrogate(json.charAt(i + 1));
      if (Character.isSurrogate(c) && !pair && repaired == null) {
        repaired = new StringBuilder(json.substring(0, i));
      }
      if (repaired != null) {
        repaired.append(Character.isSurrogate(c) && !pair ? escape(c) : String.valueOf(c));
      }
      if (pair) {
        i++;
        if (repaired != null) {
          repaired.append(json.charAt(i));
        }
      }
    }
    return repaired == null ? json : repaired.toString();
  }

  private static String escape(int c) {
    return String.format(Locale.ROOT, "\\u%04x", c);
  }

  private static final class RailsEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      for (char c : new char[] {'<', '>', '&'}) {
        codes[c] = ESCAPE_CUSTOM;
      }
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return switch (c) {
        case '<', '>', '&', 0x2028, 0x2029 -> new SerializedString(escape(c));
        default -> null;
      };
    }
  }
}
