package dev.threadmill.ingest.text;

import java.util.List;
import java.util.regex.Pattern;

/** What a person wrote in a mail, without the mails that it quotes and without the signature. */
final class MailText {
  private static final int LONGEST_ATTRIBUTION = 200;

  /**
   * Lines after which quoted text comes, as the usual mail programs write them. Where its lines are
   * marked, what is not marked between and below them is an answer; else it is all that comes.
   */
  private static final List<Pattern> QUOTE_BEGINS =
      List.of(
          Pattern.compile(
              "^-{2,}\\s*(Original Message|Original-Nachricht|Urspr.ngliche Nachricht|"
                  + "Message d'origine|Mensaje original|Mensagem original|Messaggio originale|"
                  + "Forwarded message|Weitergeleitete Nachricht)\\s*-{2,}.*",
              Pattern.CASE_INSENSITIVE),
          Pattern.compile("^_{20,}$"),
          Pattern.compile(
              "^(On|Am|Le|El|Il|Em|Op|Den|W dniu)\\b.*\\b(wrote|schrieb|a .crit|escribi.|"
                  + "ha scritto|escreveu|schreef|skrev|napisa.).{0,80}:$",
              Pattern.CASE_INSENSITIVE));

  private MailText() {}

  /** The text as it is where cutting would leave nothing, as in a mail that only forwards. */
  static String withoutQuotes(String text) {
    String cut = cut(text);
    return cut.isBlank() ? text : cut;
  }

  private static String cut(String text) {
    String[] lines = text.split("\n", -1);
    var kept = new StringBuilder(text.length());
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      int beginning = quoteBeginning(lines, i);
      if (signatureBegins(line) || (beginning > 0 && !isMarked(lines, i + beginning))) {
        break;
      }
      if (beginning > 0) {
        i += beginning - 1;
      } else if (!marked(line)) {
        kept.append(line).append('\n');
      }
    }
    return kept.toString();
  }

  private static boolean marked(String line) {
    return line.stripLeading().startsWith(">");
  }

  /** Whether the next line that is not empty is marked as quoted. */
  private static boolean isMarked(String[] lines, int from) {
    for (int i = from; i < lines.length; i++) {
      if (!lines[i].isBlank()) {
        return marked(lines[i]);
      }
    }
    return false;
  }

  /** The signature delimiter of RFC 3676, whose last space often gets lost. */
  private static boolean signatureBegins(String line) {
    return line.equals("-- ") || line.equals("--");
  }

  /** How many lines begin a quote here; zero where none begins. */
  private static int quoteBeginning(String[] lines, int i) {
    String line = lines[i].strip();
    if (line.isEmpty()) {
      return 0;
    }
    if (QUOTE_BEGINS.stream().anyMatch(begin -> begin.matcher(line).matches())
        || headerOfQuoted(lines, i)) {
      return 1;
    }
    // Long attributions are wrapped into two lines.
    String both = i + 1 < lines.length ? line + " " + lines[i + 1].strip() : line;
    return both.length() <= LONGEST_ATTRIBUTION && QUOTE_BEGINS.get(2).matcher(both).matches()
        ? 2
        : 0;
  }

  /** Outlook: From, then Sent or Date within the next lines. */
  private static boolean headerOfQuoted(String[] lines, int i) {
    if (!lines[i].strip().matches("\\*?(From|Von|De|Da)\\s?:\\*?\\s.+")) {
      return false;
    }
    for (int next = i + 1; next < Math.min(lines.length, i + 3); next++) {
      if (lines[next]
          .strip()
          .matches(
              "\\*?(Sent|Date|Gesendet|Datum|Envoy.|Enviado( el)?|Inviato|Data|Fecha)\\s?:\\*?\\s.+")) {
        return true;
      }
    }
    return false;
  }
}
