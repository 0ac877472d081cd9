package dev.threadmill.localstack.chatwoot.story;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A mail as Chatwoot keeps it: the reply as content, the whole with quotes in the attributes. */
final class Mail {
  private Mail() {}

  static Map<String, Object> attributes(
      String subject,
      String from,
      String name,
      String text,
      @Nullable String answered,
      Instant date,
      String messageId) {
    String signature = "\n\n-- \n" + name + "\nSent from my pocket computer";
    String quoted =
        answered == null
            ? ""
            : "\n\nOn "
                + date
                + ", Support <support@example.com> wrote:\n> "
                + answered.replace("\n", "\n> ");
    Map<String, Object> email = new LinkedHashMap<>();
    email.put("subject", answered == null ? subject : "Re: " + subject);
    email.put("from", List.of(from));
    email.put("to", List.of("support@example.com"));
    email.put("cc", List.of());
    email.put("date", date.toString());
    email.put("message_id", messageId);
    email.put("text_content", parts(text + signature + quoted, text, quoted));
    email.put(
        "html_content",
        parts(html(text, name, answered, date), "<p>" + escaped(text) + "</p>", quoted));
    return Map.of("email", email);
  }

  private static Map<String, Object> parts(String full, String reply, String quoted) {
    return Map.of("full", full, "reply", reply, "quoted", quoted);
  }

  /** What a mail program makes of it, also used as the content of mails without a text part. */
  static String html(String text, String name, @Nullable String answered, Instant date) {
    String quote =
        answered == null
            ? ""
            : "<div class=\"gmail_quote\"><div dir=\"ltr\">On "
                + date
                + ", Support &lt;support@example.com&gt; wrote:<br></div><blockquote>"
                + escaped(answered)
                + "</blockquote></div>";
    return "<div dir=\"ltr\"><p>"
        + escaped(text).replace(". ", ".<br>")
        + "</p><div class=\"gmail_signature\">"
        + escaped(name)
        + "<br><i>Sent from my pocket computer</i></div></div>"
        + quote;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
