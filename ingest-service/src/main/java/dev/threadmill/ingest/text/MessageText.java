package dev.threadmill.ingest.text;

import dev.threadmill.ingest.chatwoot.MessagePayload;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * The text of a message that is worth searching: what a person said to another, in plain words,
 * Markdown left as it is. Empty for what is private, deleted, or nobody said.
 */
public final class MessageText {
  private MessageText() {}

  public static String of(MessagePayload message) {
    if (message.isPrivate() || message.deleted() || !message.type().spoken()) {
      return "";
    }
    boolean mail =
        message.contentType().equals("incoming_email")
            || message.email().path("subject").isString();
    return tidy(mail ? ofMail(message) : ofContent(message, false));
  }

  /** The bodies of a mail lie beside its content, which may be cut or HTML. */
  private static String ofMail(MessagePayload message) {
    JsonNode text = message.email().path("text_content");
    JsonNode html = message.email().path("html_content");
    for (String part : new String[] {"reply", "full"}) {
      String plain = text.path(part).asString("");
      if (!plain.isBlank()) {
        return MailText.withoutQuotes(lines(plain));
      }
      String rich = html.path(part).asString("");
      if (!rich.isBlank()) {
        return ofHtml(rich);
      }
    }
    return ofContent(message, true);
  }

  private static String ofContent(MessagePayload message, boolean mail) {
    String content = Objects.requireNonNullElse(message.content(), "");
    if (HtmlText.looksLikeHtml(content)) {
      return mail ? ofHtml(content) : HtmlText.of(content, false);
    }
    return mail ? MailText.withoutQuotes(lines(content)) : content;
  }

  private static String ofHtml(String html) {
    String cut = MailText.withoutQuotes(tidy(HtmlText.of(html, true)));
    // A mail that only forwards another is all quote.
    return cut.isBlank() ? HtmlText.of(html, false) : cut;
  }

  private static String lines(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }

  /** No-break spaces become spaces, lines lose their trailing ones, and two empty lines are one. */
  private static String tidy(String text) {
    return lines(text)
        .replace('\u00a0', ' ')
        .replaceAll("(?<![ \\t])[ \\t]++\n", "\n")
        .replaceAll("\n{3,}", "\n\n")
        .strip();
  }
}
