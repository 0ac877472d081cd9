package dev.threadmill.core.signal;

import dev.threadmill.core.signal.Words.Word;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rules that are looked for together: a text is gone through once, whatever their number. Safe for
 * use by many threads.
 */
public final class PhraseRules {
  private static final int NEGATED_WITHIN = 4;
  private static final int LONGEST_QUOTE = 200;

  /** Nobody writes a longer one before a *, and a text may hold a word without end. */
  private static final int LONGEST_BEGINNING = 30;

  /** By the word that a phrase can begin with, and by how it can begin. */
  private final Map<String, List<End>> byWord = new HashMap<>();

  private final Map<String, List<End>> byBeginning = new HashMap<>();

  /**
   * @throws IllegalArgumentException naming the rule with a phrase that can't be understood, or two
   *     with one id
   */
  public PhraseRules(Collection<PhraseRule> rules) {
    Set<String> ids = new HashSet<>();
    for (PhraseRule rule : rules) {
      if (!ids.add(rule.id())) {
        throw new IllegalArgumentException("two rules have the id " + rule.id());
      }
      try {
        rule.phrases().forEach(phrase -> add(phrase, rule, false));
        rule.unless().forEach(phrase -> add(phrase, rule, true));
      } catch (IllegalArgumentException unreadable) {
        throw new IllegalArgumentException(
            "rule " + rule.id() + ": " + unreadable.getMessage(), unreadable);
      }
    }
  }

  /**
   * What a rule found.
   *
   * @param quote the sentence with the words, or as much of it as is short
   */
  public record Match(PhraseRule rule, String quote) {}

  /** Each rule that finds something, once, by the first words that it finds. */
  public List<Match> in(String text) {
    Words words = Words.of(text);
    Map<PhraseRule, List<Hit>> hits = new LinkedHashMap<>();
    Map<PhraseRule, Set<Integer>> otherwise = new HashMap<>();
    for (int at = 0; at < words.size(); at++) {
      for (End candidate : candidates(words.get(at).folded())) {
        int end = candidate.phrase().end(words, at);
        if (end >= 0 && candidate.otherwise()) {
          otherwise
              .computeIfAbsent(candidate.rule(), rule -> new HashSet<>())
              .add(words.get(at).sentence());
        } else if (end >= 0) {
          hits.computeIfAbsent(candidate.rule(), rule -> new ArrayList<>())
              .add(new Hit(at, end - 1));
        }
      }
    }
    List<Match> matches = new ArrayList<>();
    hits.forEach(
        (rule, found) -> {
          Set<Integer> not = otherwise.getOrDefault(rule, Set.of());
          found.stream()
              .filter(hit -> !not.contains(words.get(hit.from()).sentence()))
              .filter(hit -> !negated(rule, words, hit.from()))
              .findFirst()
              .ifPresent(hit -> matches.add(new Match(rule, quote(text, words, hit))));
        });
    return matches;
  }

  /** Those of its examples that a rule judges wrongly; empty: it does what it says. */
  public static List<String> failures(PhraseRule rule) {
    var alone = new PhraseRules(List.of(rule));
    List<String> failures = new ArrayList<>();
    rule.matches().stream().filter(text -> alone.in(text).isEmpty()).forEach(failures::add);
    rule.ignores().stream().filter(text -> !alone.in(text).isEmpty()).forEach(failures::add);
    return failures;
  }

  /**
   * @param otherwise it says that the rule does not hold
   */
  private record End(Phrase phrase, PhraseRule rule, boolean otherwise) {}

  /** Words from one to another, both inclusive. */
  private record Hit(int from, int to) {}

  private void add(String written, PhraseRule rule, boolean otherwise) {
    Phrase phrase = Phrase.parse(written);
    for (Phrase.Part first : phrase.firsts()) {
      (first.whole() ? byWord : byBeginning)
          .computeIfAbsent(first.text(), text -> new ArrayList<>())
          .add(new End(phrase, rule, otherwise));
    }
  }

  private List<End> candidates(String word) {
    List<End> candidates = byWord.getOrDefault(word, List.of());
    for (int length = 3; length <= Math.min(word.length(), LONGEST_BEGINNING); length++) {
      List<End> begun = byBeginning.get(word.substring(0, length));
      if (begun != null) {
        candidates = new ArrayList<>(candidates);
        candidates.addAll(begun);
      }
    }
    return candidates;
  }

  private static boolean negated(PhraseRule rule, Words words, int from) {
    int sentence = words.get(from).sentence();
    for (int at = Math.max(0, from - NEGATED_WITHIN); at < from; at++) {
      Word word = words.get(at);
      if (word.sentence() == sentence && rule.negations().contains(word.folded())) {
        return true;
      }
    }
    return false;
  }

  private static String quote(String text, Words words, Hit hit) {
    int sentence = words.get(hit.from()).sentence();
    int first = hit.from();
    int last = hit.to();
    int length = words.get(last).end() - words.get(first).start();
    boolean grown = true;
    while (grown && length < LONGEST_QUOTE) {
      grown = false;
      if (first > 0 && fits(words, first - 1, last, sentence)) {
        first--;
        grown = true;
      }
      if (last + 1 < words.size() && fits(words, first, last + 1, sentence)) {
        last++;
        grown = true;
      }
      length = words.get(last).end() - words.get(first).start();
    }
    String quote = text.substring(words.get(first).start(), words.get(last).end());
    return quote.length() <= LONGEST_QUOTE ? quote : quote.substring(0, LONGEST_QUOTE);
  }

  private static boolean fits(Words words, int first, int last, int sentence) {
    return words.get(first).sentence() == sentence
        && words.get(last).sentence() == sentence
        && words.get(last).end() - words.get(first).start() <= LONGEST_QUOTE;
  }
}
