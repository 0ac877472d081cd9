package dev.threadmill.ingest.text;

import java.util.Set;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/** Readable text out of HTML: a line per block, no quoted mails, no signatures. */
final class HtmlText {
  /** What mail programs wrap quoted mails and signatures in. */
  private static final String NOISE =
      "head, style, script, title, template, blockquote[type=cite], .gmail_quote, .gmail_extra, .gmail_signature,"
          + " .gmail_attr, .yahoo_quoted, .moz-cite-prefix, .moz-signature, #Signature, #mail-editor-reference-message-container,"
          + " [data-smartmail=gmail_signature], .protonmail_quote, .protonmail_signature_block, .tutanota_quote";

  /** Outlook marks only where the quoted mail begins; it goes on to the end. */
  private static final String QUOTE_BEGINS = "#divRplyFwdMsg, #appendonsend, #x_divRplyFwdMsg";

  private static final Set<String> BLOCKS =
      Set.of(
          "p",
          "div",
          "tr",
          "ul",
          "ol",
          "table",
          "blockquote",
          "pre",
          "section",
          "article",
          "header",
          "footer",
          "h1",
          "h2",
          "h3",
          "h4",
          "h5",
          "h6",
          "hr",
          "dl",
          "dt",
          "dd");

  private static final Pattern STARTS_AS_HTML =
      Pattern.compile(
          "(?is)^\\s*<(!doctype|html|head|body|div|p|table|span|br|meta|style|font|h[1-6]|ul|ol)\\b[^>]*>.*");

  private HtmlText() {}

  /** Whether a text is a piece of HTML rather than text that mentions a tag. */
  static boolean looksLikeHtml(String text) {
    return STARTS_AS_HTML.matcher(text).matches();
  }

  static String of(String html, boolean cutQuotes) {
    Document document = Jsoup.parse(html);
    document.select("head, style, script, title, template").remove();
    if (cutQuotes) {
      Element quote = document.selectFirst(QUOTE_BEGINS);
      if (quote != null) {
        removeFrom(quote);
      }
      document.select(NOISE).remove();
    }
    var text = new StringBuilder();
    NodeTraversor.traverse(writer(text), document.body());
    return text.toString();
  }

  private static void removeFrom(Element quote) {
    Node next = quote;
    while (next != null) {
      Node following = next.nextSibling();
      next.remove();
      next = following;
    }
  }

  private static NodeVisitor writer(StringBuilder text) {
    return new NodeVisitor() {
      @Override
      public void head(Node node, int depth) {
        if (node instanceof TextNode words) {
          append(text, words.getWholeText());
        } else if (node.normalName().equals("br")) {
          text.append('\n');
        } else if (node.normalName().equals("li")) {
          newLine(text);
          text.append("- ");
        } else if (node.normalName().equals("td") || node.normalName().equals("th")) {
          append(text, " ");
        } else if (BLOCKS.contains(node.normalName())) {
          newLine(text);
        }
      }

      @Override
      public void tail(Node node, int depth) {
        if (node.normalName().equals("p")) {
          text.append("\n\n");
        } else if (BLOCKS.contains(node.normalName()) || node.normalName().equals("li")) {
          newLine(text);
        }
      }
    };
  }

  /** White space of the source counts as one space, and as none at the beginning of a line. */
  private static void append(StringBuilder text, String words) {
    String collapsed = words.replaceAll("[ \\t\\r\\n\\f]+", " ");
    boolean afterSpace = text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1));
    text.append(afterSpace ? collapsed.stripLeading() : collapsed);
  }

  private static void newLine(StringBuilder text) {
    if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
  }
}
