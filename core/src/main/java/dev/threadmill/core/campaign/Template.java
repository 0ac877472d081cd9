package dev.threadmill.core.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The text of a message with fields such as {@code {{contact.name}}}, or {@code
 * {{contact.first_name|there}}} with what stands there when it is not known.
 */
public final class Template {
  private static final int LONGEST = 5000;
  private static final Pattern FIELD = Pattern.compile("\\{\\{([^{}|]*)(?:\\|([^{}]*))?}}");
  private static final Pattern CUSTOM = Pattern.compile("contact\\.custom\\.[A-Za-z0-9_-]{1,100}");
  private static final List<String> FIELDS =
      List.of(
          "contact.name",
          "contact.first_name",
          "contact.email",
          "contact.phone_number",
          "contact.identifier",
          "conversation.number",
          "project.name");

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * @param text what stands there; of a field, when it has no value
   * @param field null: a piece of text
   */
  private record Part(@Nullable String text, @Nullable String field) {}

  /**
   * @throws IllegalArgumentException naming a field that is not known, or saying what else is wrong
   */
  public static Template parse(String text) {
    if (!PlainText.fits(text, LONGEST)) {
      throw new IllegalArgumentException(
          "a text has 1 to " + LONGEST + " characters, none of them U+0000 or half a character");
    }
    List<Part> parts = new ArrayList<>();
    Matcher matcher = FIELD.matcher(text);
    int end = 0;
    while (matcher.find()) {
      parts.add(new Part(plain(text.substring(end, matcher.start()), end > 0, true), null));
      String fallback = matcher.group(2);
      parts.add(new Part(fallback == null ? null : fallback.strip(), known(matcher.group(1))));
      end = matcher.end();
    }
    parts.add(new Part(plain(text.substring(end), end > 0, false), null));
    return new Template(parts);
  }

  private static String known(String name) {
    String field = name.strip();
    if (!FIELDS.contains(field) && !CUSTOM.matcher(field).matches()) {
      throw new IllegalArgumentException(
          "there is no field '%s'; known are %s"
              .formatted(
                  field.length() > 100 ? field.substring(0, 100) + "…" : field,
                  String.join(
                      ", ",
                      Stream.concat(FIELDS.stream(), Stream.of("contact.custom.<attribute>"))
                          .toList())));
    }
    return field;
  }

  /**
   * Chatwoot fills in Liquid of its own; nothing may reach it that looks like that, also not
   * together with the value of a field, which may begin or end with a percent sign.
   */
  private static String plain(String text, boolean afterField, boolean beforeField) {
    if (beforeField && text.endsWith("{") || afterField && text.startsWith("}")) {
      throw new IllegalArgumentException(
          "a field such as {{contact.name}} stands in two braces, with no third one beside them");
    }
    if (text.contains("{{") || text.contains("}}") || text.contains("{%")) {
      throw new IllegalArgumentException(
          "'{{', '}}' and '{%' stand for fields only, such as {{contact.name}}");
    }
    return text;
  }

  /** Whether it names any field. */
  public boolean hasFields() {
    return parts.stream().anyMatch(part -> part.field() != null);
  }

  /** The text for one contact; empty when a field without a fallback has no value. */
  public Optional<String> render(Recipient recipient) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      String value = part.field() == null ? null : recipient.value(part.field());
      String piece = value == null ? part.text() : value;
      if (piece == null) {
        return Optional.empty();
      }
      text.append(piece);
    }
    return text.toString().isBlank() ? Optional.empty() : Optional.of(text.toString());
  }
}
