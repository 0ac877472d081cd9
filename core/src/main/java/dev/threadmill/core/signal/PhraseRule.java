package dev.threadmill.core.signal;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By which words a signal is found.
 *
 * @param id unique among the rules that are used together, such as {@code en.refund.money_back}
 * @param language null: it holds in whatever language a text is
 * @param severity 1 to 5
 * @param confidence that what it finds is meant, above 0 and up to 1
 * @param phrases as {@link Phrase} understands them; one is enough
 * @param unless phrases that say otherwise, anywhere in the same sentence
 * @param negations words that turn the meaning when one of them stands up to four words before;
 *     empty: nothing does
 * @param matches texts that it must find, its tests
 * @param ignores texts that it must not find
 */
public record PhraseRule(
    String id,
    @Nullable String language,
    SignalType type,
    int severity,
    double confidence,
    List<String> phrases,
    List<String> unless,
    Set<String> negations,
    List<String> matches,
    List<String> ignores) {
  private static final Pattern ID = Pattern.compile("[a-z0-9_]+(\\.[a-z0-9_]+)*");
  private static final int LONGEST_ID = 100;

  public PhraseRule {
    if (id.length() > LONGEST_ID || !ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "a rule's id has small letters, digits, _ and dots, at most %d characters"
              .formatted(LONGEST_ID));
    }
    if (!type.said()) {
      throw new IllegalArgumentException(type.wireName() + " is not found by words");
    }
    if (severity < 1 || severity > 5) {
      throw new IllegalArgumentException("the severity is 1 to 5, not " + severity);
    }
    if (!(confidence > 0 && confidence <= 1)) {
      throw new IllegalArgumentException("the confidence is above 0 and up to 1");
    }
    if (phrases.isEmpty()) {
      throw new IllegalArgumentException("a rule has one phrase at the least");
    }
    phrases = List.copyOf(phrases);
    unless = List.copyOf(unless);
    negations =
        negations.stream()
            .flatMap(word -> Words.of(word).all().stream().map(Words.Word::folded))
            .collect(Collectors.toUnmodifiableSet());
    matches = List.copyOf(matches);
    ignores = List.copyOf(ignores);
  }
}
