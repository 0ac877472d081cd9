package dev.threadmill.gateway.search;

import dev.threadmill.gateway.search.SearchAnswer.Highlight;
import dev.threadmill.gateway.search.WordForms.Known;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the words of a query in the texts that it found, as whole words in any case, and other
 * forms of them. Words that say nothing in the text's language are left out, unless the query has
 * no others.
 */
final class Highlights {
  /** With what joins order numbers and codes. */
  private static final Pattern WORD =
      Pattern.compile("-?[\\p{L}\\p{N}]+(?:[-_./#][\\p{L}\\p{N}]+)*");

  /** Each text is compared with each of them. */
  private static final int MAX_WORDS = 32;

  /** Shorter ones without a digit stand everywhere. */
  private static final int MIN_LETTERS = 3;

  private final Map<@Nullable String, Pattern> words = new HashMap<>();
  private final Pattern asWritten;

  /**
   * @param known other forms of the words and those that say nothing, by the languages of the texts
   */
  Highlights(String query, Map<@Nullable String, Known> known) {
    List<String> telling =
        WORD.matcher(query)
            .results()
            .map(MatchResult::group)
            // As in web searches: such a word must not be there.
            .filter(word -> !word.startsWith("-"))
            .filter(Highlights::tells)
            .distinct()
            .limit(MAX_WORDS)
            .toList();
    this.asWritten = pattern(telling.stream());
    known.forEach((language, of) -> words.put(language, pattern(telling, of)));
  }

  private Pattern pattern(List<String> telling, Known known) {
    List<String> left =
        Stream.concat(telling.stream(), known.others().stream().filter(Highlights::tells))
            .filter(word -> !known.fillers().contains(word.toLowerCase(Locale.ROOT)))
            .toList();
    return left.isEmpty() ? asWritten : pattern(left.stream());
  }

  private static Pattern pattern(Stream<String> words) {
    String any =
        words
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .collect(Collectors.joining("|"));
    return Pattern.compile(
        any.isEmpty() ? "(?!)" : "(?<![\\p{L}\\p{N}])(?:" + any + ")(?![\\p{L}\\p{N}])",
        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  private static boolean tells(String word) {
    return word.length() >= MIN_LETTERS || word.chars().anyMatch(Character::isDigit);
  }

  List<Highlight> in(String text, @Nullable String language) {
    return words
        .getOrDefault(language, asWritten)
        .matcher(text)
        .results()
        .map(match -> new Highlight(match.start(), match.end()))
        .toList();
  }
}
