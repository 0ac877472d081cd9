package dev.threadmill.core.signal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Words that a customer may say, as a person writes them down:
 *
 * <ul>
 *   <li>{@code cancel my account}: these words, one after the other, in one sentence; case and
 *       accents do not matter
 *   <li>{@code cancel*}: a word that begins so, with three letters at the least
 *   <li>{@code (refund|money back|)}: one of these; an empty one makes the others optional
 *   <li>{@code where .. parcel}: up to five other words between
 * </ul>
 *
 * There are no regular expressions: what a phrase costs is bounded by its length, whatever the
 * text.
 */
final class Phrase {
  private static final int LONGEST = 1000;
  private static final int MOST_STEPS = 12;
  private static final int MOST_GAPS = 2;
  private static final int WIDEST_GAP = 5;
  private static final int SHORTEST_BEGINNING = 3;

  /** How far behind its first word a phrase can end: the width of the set of places below. */
  private static final int REACH = 63;

  private static final String GAP = "..";

  private final List<Step> steps;

  private Phrase(List<Step> steps) {
    this.steps = steps;
  }

  /**
   * @param whole false: the word begins so
   */
  record Part(String text, boolean whole) {
    boolean fits(String word) {
      return whole ? word.equals(text) : word.startsWith(text);
    }
  }

  private sealed interface Step {}

  private record Gap() implements Step {}

  /** One of several rows of words; an empty row: none is needed. */
  private record Choice(List<List<Part>> rows) implements Step {
    boolean optional() {
      return rows.stream().anyMatch(List::isEmpty);
    }
  }

  /**
   * @throws IllegalArgumentException with a sentence that says what can't be understood
   */
  static Phrase parse(String written) {
    if (written.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a phrase has at most " + LONGEST + " characters, not " + written.length());
    }
    List<Step> steps = new ArrayList<>();
    int at = 0;
    while (at < written.length()) {
      int open = written.indexOf('(', at);
      plain(steps, written.substring(at, open < 0 ? written.length() : open), written);
      if (open < 0) {
        break;
      }
      int close = written.indexOf(')', open);
      if (close < 0) {
        throw new IllegalArgumentException("'" + written + "' has a ( without a )");
      }
      List<List<Part>> rows = new ArrayList<>();
      for (String row : written.substring(open + 1, close).split("\\|", -1)) {
        rows.add(parts(row, written));
      }
      steps.add(new Choice(List.copyOf(rows)));
      at = close + 1;
    }
    check(steps, written);
    return new Phrase(List.copyOf(steps));
  }

  private static void plain(List<Step> steps, String text, String written) {
    for (String piece : text.strip().split("\\s+")) {
      if (piece.equals(GAP)) {
        steps.add(new Gap());
      } else if (!piece.isEmpty()) {
        steps.add(new Choice(List.of(parts(piece, written))));
      }
    }
  }

  private static List<Part> parts(String row, String written) {
    List<Part> parts = new ArrayList<>();
    for (String piece : row.strip().split("\\s+")) {
      if (piece.isEmpty()) {
        continue;
      }
      boolean whole = !piece.endsWith("*");
      String plain = whole ? piece : piece.substring(0, piece.length() - 1);
      if (plain.contains("*") || plain.contains(GAP) || plain.matches(".*[()|].*")) {
        throw new IllegalArgumentException(
            "'"
                + written
                + "': a * ends a word, .. stands between blanks, and ( | ) hold alternatives, not within each other");
      }
      List<Words.Word> words = Words.of(plain).all();
      if (words.isEmpty()) {
        throw new IllegalArgumentException("'" + written + "': '" + piece + "' is no word");
      }
      for (int i = 0; i < words.size(); i++) {
        parts.add(new Part(words.get(i).folded(), whole || i < words.size() - 1));
      }
      if (!whole && parts.getLast().text().length() < SHORTEST_BEGINNING) {
        throw new IllegalArgumentException(
            "'%s': %d letters at the least stand before a *"
                .formatted(written, SHORTEST_BEGINNING));
      }
    }
    return List.copyOf(parts);
  }

  private static void check(List<Step> steps, String written) {
    long gaps = steps.stream().filter(step -> step instanceof Gap).count();
    boolean needed = steps.stream().anyMatch(step -> step instanceof Choice c && !c.optional());
    if (steps.size() > MOST_STEPS || !needed) {
      throw new IllegalArgumentException(
          "'%s' must have one to %d parts, one of them not optional"
              .formatted(written, MOST_STEPS));
    }
    boolean between = gaps <= MOST_GAPS && !(steps.getLast() instanceof Gap);
    for (int i = 0; i < steps.size(); i++) {
      // Before the first gap something must be needed, or any word would begin the phrase.
      if (steps.get(i) instanceof Gap
          && (steps.get(i + (i + 1 < steps.size() ? 1 : 0)) instanceof Gap
              || steps.subList(0, i).stream()
                  .noneMatch(s -> s instanceof Choice c && !c.optional()))) {
        between = false;
      }
    }
    if (!between) {
      throw new IllegalArgumentException(
          "'%s': a .. stands between words, and at most %d times".formatted(written, MOST_GAPS));
    }
  }

  /** The words that it can begin with. */
  Set<Part> firsts() {
    Set<Part> firsts = new HashSet<>();
    for (Step step : steps) {
      if (!(step instanceof Choice choice)) {
        break;
      }
      choice.rows().stream()
          .filter(row -> !row.isEmpty())
          .forEach(row -> firsts.add(row.getFirst()));
      if (!choice.optional()) {
        break;
      }
    }
    return firsts;
  }

  /**
   * Whether the phrase stands at a word, and where it ends.
   *
   * @return the place behind its last word; -1: it does not stand there
   */
  int end(Words words, int from) {
    int sentence = words.get(from).sentence();
    int limit = from;
    while (limit < words.size()
        && limit - from < REACH
        && words.get(limit).sentence() == sentence) {
      limit++;
    }
    // The places that are reached, as bits: n words behind the first one.
    long reached = 1;
    for (Step step : steps) {
      reached =
          switch (step) {
            case Gap gap -> gap(reached);
            case Choice choice -> choice(choice, reached, words, from, limit);
          };
      if (reached == 0) {
        return -1;
      }
    }
    int length = Long.numberOfTrailingZeros(reached);
    return length == 0 ? -1 : from + length;
  }

  private static long gap(long reached) {
    long wider = reached;
    for (int skipped = 1; skipped <= WIDEST_GAP; skipped++) {
      wider |= reached << skipped;
    }
    return wider;
  }

  private static long choice(Choice choice, long reached, Words words, int from, int limit) {
    long next = 0;
    for (long left = reached; left != 0; left &= left - 1) {
      int at = Long.numberOfTrailingZeros(left);
      for (List<Part> row : choice.rows()) {
        if (fits(row, words, from + at, limit)) {
          next |= 1L << (at + row.size());
        }
      }
    }
    return next;
  }

  private static boolean fits(List<Part> row, Words words, int at, int limit) {
    if (at + row.size() > limit) {
      return false;
    }
    for (int i = 0; i < row.size(); i++) {
      if (!row.get(i).fits(words.get(at + i).folded())) {
        return false;
      }
    }
    return true;
  }
}
