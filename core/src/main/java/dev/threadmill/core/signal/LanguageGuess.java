package dev.threadmill.core.signal;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which languages a text may be in, told by its most common words: cheap, and enough to keep a rule
 * from its words in another language. Safe for use by many threads.
 */
public final class LanguageGuess {
  /** Fewer say nothing. */
  private static final int FEWEST = 2;

  private final Map<String, Set<String>> languagesOf = new HashMap<>();

  /**
   * @param common languages and the words that are common in each
   */
  public LanguageGuess(Map<String, ? extends Collection<String>> common) {
    common.forEach(
        (language, words) ->
            words.forEach(
                word ->
                    Words.of(word)
                        .all()
                        .forEach(
                            one ->
                                languagesOf
                                    .computeIfAbsent(one.folded(), folded -> new HashSet<>())
                                    .add(language))));
  }

  /**
   * Those languages of which the text has at least half as many words as of the first one; empty:
   * it can't be told.
   */
  public Set<String> of(String text) {
    Map<String, Integer> counts = new HashMap<>();
    for (Words.Word word : Words.of(text).all()) {
      languagesOf
          .getOrDefault(word.folded(), Set.of())
          .forEach(language -> counts.merge(language, 1, Integer::sum));
    }
    int most = counts.values().stream().max(Integer::compare).orElse(0);
    if (most < FEWEST) {
      return Set.of();
    }
    Set<String> likely = new HashSet<>();
    counts.forEach(
        (language, count) -> {
          if (count * 2 >= most) {
            likely.add(language);
          }
        });
    return likely;
  }
}
