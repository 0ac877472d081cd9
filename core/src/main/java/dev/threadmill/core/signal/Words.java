package dev.threadmill.core.signal;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A text as words: runs of letters and digits, in lower case and without accents, for many people
 * write without them. An apostrophe parts words.
 */
final class Words {
  /** Of a text; what comes later is not read. */
  static final int MOST = 2000;

  private static final int TABLED = 0x600;
  private static final String[] TABLE = table();

  private final List<Word> all;

  private Words(List<Word> all) {
    this.all = all;
  }

  /**
   * @param folded as it is compared
   * @param start where it begins in the text
   * @param end behind its last character
   * @param sentence the number of its sentence
   */
  record Word(String folded, int start, int end, int sentence) {}

  static Words of(String text) {
    List<Word> words = new ArrayList<>();
    StringBuilder folded = new StringBuilder();
    int sentence = 0;
    int start = -1;
    for (int i = 0; i < text.length() && words.size() < MOST; ) {
      int letter = text.codePointAt(i);
      if (isPartOfWord(letter)) {
        start = start < 0 ? i : start;
        folded.append(fold(letter));
      } else {
        if (start >= 0) {
          add(words, folded, start, i, sentence);
          start = -1;
        }
        if (ends(text, i, letter)) {
          sentence++;
        }
      }
      i += Character.charCount(letter);
    }
    if (start >= 0 && words.size() < MOST) {
      add(words, folded, start, text.length(), sentence);
    }
    return new Words(words);
  }

  private static void add(
      List<Word> words, StringBuilder folded, int start, int end, int sentence) {
    if (!folded.isEmpty()) {
      words.add(new Word(folded.toString(), start, end, sentence));
      folded.setLength(0);
    }
  }

  private static boolean isPartOfWord(int letter) {
    return Character.isLetterOrDigit(letter)
        || Character.getType(letter) == Character.NON_SPACING_MARK;
  }

  /** Mails break lines within sentences, so only an empty line ends one. */
  private static boolean ends(String text, int at, int letter) {
    return switch (letter) {
      case '.', '!', '?', ';', '…', '¿', '¡' -> true;
      case '\n' -> at > 0 && text.charAt(at - 1) == '\n';
      default -> false;
    };
  }

  private static String fold(int letter) {
    return letter < TABLED ? TABLE[letter] : folded(letter);
  }

  private static String[] table() {
    String[] table = new String[TABLED];
    for (int letter = 0; letter < TABLED; letter++) {
      table[letter] = folded(letter);
    }
    return table;
  }

  private static String folded(int letter) {
    return switch (letter) {
      case 'ß' -> "ss";
      case 'æ', 'Æ' -> "ae";
      case 'œ', 'Œ' -> "oe";
      case 'ø', 'Ø' -> "o";
      default ->
          Normalizer.normalize(Character.toString(letter), Normalizer.Form.NFD)
              .replaceAll("\\p{Mn}", "")
              .toLowerCase(Locale.ROOT);
    };
  }

  int size() {
    return all.size();
  }

  Word get(int at) {
    return all.get(at);
  }

  List<Word> all() {
    return all;
  }
}
