package dev.threadmill.core.campaign;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A contact as a message to it needs it.
 *
 * @param conversation the global id of the one to write in; null: there is none
 * @param conversationNumber Chatwoot's number of it
 * @param custom its custom attributes
 */
public record Recipient(
    String contact,
    @Nullable String conversation,
    @Nullable Long conversationNumber,
    @Nullable String name,
    @Nullable String email,
    @Nullable String phoneNumber,
    @Nullable String identifier,
    JsonNode custom,
    String projectName) {
  private static final String CUSTOM = "contact.custom.";
  private static final int LONGEST = 200;
  private static final Pattern GAP = Pattern.compile("[\\p{Cntrl}\\s]+");

  /** The value of a field of {@link Template}; null when there is none. */
  @Nullable String value(String field) {
    String value =
        switch (field) {
          case "contact.name" -> name;
          case "contact.first_name" -> name == null ? null : GAP.split(name.strip())[0];
          case "contact.email" -> email;
          case "contact.phone_number" -> phoneNumber;
          case "contact.identifier" -> identifier;
          case "conversation.number" ->
              conversationNumber == null ? null : conversationNumber.toString();
          case "project.name" -> projectName;
          default -> field.startsWith(CUSTOM) ? custom(field.substring(CUSTOM.length())) : null;
        };
    return value == null || value.isBlank() ? null : clean(value);
  }

  private @Nullable String custom(String name) {
    JsonNode value = custom.path(name);
    return value.isValueNode() && !value.isNull() ? value.asString() : null;
  }

  /** Customers choose their names: one line, and nothing that Chatwoot would fill in (Liquid). */
  private static String clean(String value) {
    String line = GAP.matcher(value.strip()).replaceAll(" ").replace('{', '(').replace('}', ')');
    return line.length() <= LONGEST
        ? line
        : line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST) - 1));
  }

  /** The time zone that a contact's attributes name, else the project's. */
  public static ZoneId zone(JsonNode custom, JsonNode additional, String ofProject) {
    for (JsonNode attributes : List.of(custom, additional)) {
      for (String name : List.of("timezone", "time_zone")) {
        String named = attributes.path(name).asString("");
        if (!named.isBlank() && isZone(named)) {
          return ZoneId.of(named);
        }
      }
    }
    return isZone(ofProject) ? ZoneId.of(ofProject) : ZoneId.of("UTC");
  }

  private static boolean isZone(String name) {
    try {
      return !ZoneId.of(name).getId().isEmpty();
    } catch (DateTimeException unknown) {
      return false;
    }
  }
}
