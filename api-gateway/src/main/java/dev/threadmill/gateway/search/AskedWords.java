package dev.threadmill.gateway.search;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The terms of a query, as web searches understand quotes, "or" and minus. Those of one branch must
 * all be there; any branch will do.
 */
record AskedWords(List<Term> terms) {
  private static final Pattern TERM =
      Pattern.compile("(-[-\\s]*)?(?:\"[^\"]*\"?|[^\\s\"]+)", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Pattern LETTERS = Pattern.compile("[\\p{L}\\p{M}]+");

  /**
   * @param asWritten counts as it is written only: order numbers and codes, what is quoted, and
   *     what must not be there
   */
  record Term(int branch, String text, boolean asWritten) {}

  static AskedWords of(String query) {
    List<Term> terms = new ArrayList<>();
    int branch = 0;
    for (MatchResult found : TERM.matcher(query).results().toList()) {
      String text = found.group();
      if (text.equalsIgnoreCase("or") && !terms.isEmpty()) {
        branch++;
      } else {
        terms.add(new Term(branch, text, asWritten(text)));
      }
    }
    return new AskedWords(List.copyOf(terms));
  }

  private static boolean asWritten(String text) {
    return text.startsWith("-")
        || text.startsWith("\"")
        || text.codePoints().anyMatch(Character::isDigit);
  }

  /** Whether any of them may stand in another form. */
  boolean mayDiffer() {
    return terms.stream().anyMatch(term -> !term.asWritten());
  }

  /** The words that may stand in another form. */
  List<String> words() {
    return terms.stream()
        .filter(term -> !term.asWritten())
        .flatMap(term -> words(term.text()))
        .distinct()
        .toList();
  }

  /** The words of a text, without what holds a digit. */
  static Stream<String> words(String text) {
    return LETTERS.matcher(text).results().map(MatchResult::group);
  }
}
