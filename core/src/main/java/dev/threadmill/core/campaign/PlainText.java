package dev.threadmill.core.campaign;

/** Texts that can be stored as they are: no U+0000, no half of a character. */
final class PlainText {
  private PlainText() {}

  static boolean fits(String text, int longest) {
    return !text.isBlank()
        && text.length() <= longest
        && text.codePoints().noneMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
  }
}
