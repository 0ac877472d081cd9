package dev.threadmill.localstack.openai;

/**
 * About what a real tokenizer counts, without its tables: an ASCII word is one token per six
 * letters begun, digits one per three, other scripts' words one per three letters, everything else
 * that is not a space one per character. Within some 15 % for prose.
 */
final class TokenEstimate {
  private TokenEstimate() {}

  static int of(String text) {
    int tokens = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      int kind = kind(c);
      int start = i;
      do {
        i += Character.charCount(c);
        c = i < text.length() ? text.codePointAt(i) : ' ';
      } while (i < text.length() && kind > 1 && kind(c) == kind);
      tokens += kind == 0 ? 0 : (i - start + kind - 1) / kind;
    }
    return Math.max(1, tokens);
  }

  /** How many characters in a row make a token; 0 for space, which is free. */
  private static int kind(int c) {
    if (Character.isWhitespace(c)) {
      return 0;
    }
    if (c < 128) {
      return Character.isDigit(c) ? 3 : Character.isLetter(c) ? 6 : 1;
    }
    return Character.isAlphabetic(c) && !Character.isIdeographic(c) ? 3 : 1;
  }
}
