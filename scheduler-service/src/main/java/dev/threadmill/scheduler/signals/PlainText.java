package dev.threadmill.scheduler.signals;

import java.util.stream.Collectors;

/**
 * The words of a message that was too short for a chunk, where markup and quotes are gone already:
 * what is left of a mail whose answer is "thanks" may be a long quote.
 */
final class PlainText {
  private static final int MAIL = 300;

  private PlainText() {}

  static String of(String content, boolean mail) {
    String plain = content.replaceAll("<[^<>]{1,300}>", " ");
    if (!mail) {
      return plain;
    }
    String own =
        plain.lines().filter(line -> !line.startsWith(">")).collect(Collectors.joining("\n"));
    return own.length() <= MAIL ? own : "";
  }
}
