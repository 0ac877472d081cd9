package dev.threadmill.gateway.page;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts that others wrote, as cells of a CSV file. */
public final class SpreadsheetText {
  /**
   * What spreadsheets compute (CSV injection, OWASP): a formula at the beginning of a cell. Where
   * the separator is another one than our comma, quotes in the middle of what is a cell there mean
   * nothing, and one begins after each separator and line break of a text, too, be it with quotes
   * of its own.
   */
  private static final Pattern FORMULA =
      Pattern.compile("(^|[;|\t\r\n])([ \u00a0\"]*)(?=[=+\\-@＝＋－＠])");

  private static final String BREAKS = "\t\r\n";

  private SpreadsheetText() {}

  /** What customers wrote must not be computed by whoever opens the file. */
  public static @Nullable String harmless(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return text;
    }
    String dead = FORMULA.matcher(text).replaceAll("$1$2'");
    return BREAKS.indexOf(dead.charAt(0)) < 0 ? dead : "'" + dead;
  }
}
