package dev.threadmill.gateway.search;

import dev.threadmill.gateway.search.SearchAnswer.Highlight;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Finds the words of a query in the texts that it found, as whole words in any case. */
final class Highlights {
  /** With what joins order numbers and codes. */
  private static final Pattern WORD =
      Pattern.compile("-?[\\p{L}\\p{N}]+(?:[-_./#][\\p{L}\\p{N}]+)*");

  /** Each text is compared with each of them. */
  private static final int MAX_WORDS = 32;

  /** Shorter ones without a digit stand everywhere. */
  private static final int MIN_LETTERS = 3;

  private final Pattern words;

  Highlights(String query) {
    List<String> telling =
        WORD.matcher(query)
            .results()
            .map(MatchResult::group)
            // As in web searches: such a word must not be there.
            .filter(word -> !word.startsWith("-"))
            .filter(Highlights::tells)
            .distinct()
            .limit(MAX_WORDS)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .toList();
    this.words =
        Pattern.compile(
            telling.isEmpty()
                ? "(?!)"
                : "(?<![\\p{L}\\p{N}])(?:" + String.join("|", telling) + ")(?![\\p{L}\\p{N}])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  private static boolean tells(String word) {
    return word.length() >= MIN_LETTERS || word.chars().anyMatch(Character::isDigit);
  }

  List<Highlight> in(String text) {
    return words
        .matcher(text)
        .results()
        .map(match -> new Highlight(match.start(), match.end()))
        .toList();
  }
}
