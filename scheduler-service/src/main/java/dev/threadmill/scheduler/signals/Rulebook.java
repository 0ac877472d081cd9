package dev.threadmill.scheduler.signals;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadmill.core.signal.LanguageGuess;
import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.core.signal.PhraseRules.Match;
import dev.threadmill.core.signal.SignalType;
import dev.threadmill.scheduler.signals.SignalFiles.LanguageRules;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The rules of all languages, and what they find in a text together with those of a project. */
@Component
final class Rulebook {
  private final List<PhraseRule> rules = new ArrayList<>();
  private final PhraseRules builtIn;
  private final LanguageGuess languages;
  private final String told;

  Rulebook() {
    List<LanguageRules> files = SignalFiles.LANGUAGES.stream().map(SignalFiles::rules).toList();
    files.forEach(file -> rules.addAll(file.rules()));
    builtIn = new PhraseRules(rules);
    languages =
        new LanguageGuess(
            files.stream()
                .collect(Collectors.toMap(LanguageRules::language, LanguageRules::common)));
    told =
        files.stream().map(file -> file.language() + file.common()).collect(Collectors.joining())
            + told(rules);
  }

  /**
   * @throws IllegalArgumentException for a phrase of its own that can't be understood
   */
  RulesInForce with(List<PhraseRule> own) {
    PhraseRules checked = own.isEmpty() ? null : new PhraseRules(own);
    return new RulesInForce(this, checked, digest(told + told(own)));
  }

  /** What is found depends on, and nothing else: their tests change nothing. */
  private static String told(List<PhraseRule> rules) {
    return rules.stream()
        .map(
            rule ->
                String.join(
                    "|",
                    rule.id(),
                    rule.type().wireName(),
                    Integer.toString(rule.severity()),
                    Double.toString(rule.confidence()),
                    rule.phrases().toString(),
                    rule.unless().toString(),
                    new TreeSet<>(rule.negations()).toString()))
        .collect(Collectors.joining("\n"));
  }

  private static String digest(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  List<PhraseRule> rules() {
    return rules;
  }

  /** The languages that a text may be in; empty: it can't be told. */
  Set<String> languages(String text) {
    return languages.of(text);
  }

  /**
   * The surest rule of each type that finds something.
   *
   * @param own the project's; null: it has none
   */
  Collection<ByWords> find(String text, @Nullable PhraseRules own) {
    List<Match> matches = new ArrayList<>(builtIn.in(text));
    if (!matches.isEmpty()) {
      Set<String> likely = languages(text);
      if (!likely.isEmpty()) {
        matches.removeIf(match -> !likely.contains(match.rule().language()));
      }
    }
    if (own != null) {
      matches.addAll(own.in(text));
    }
    Map<SignalType, ByWords> surest = new EnumMap<>(SignalType.class);
    for (Match match : matches) {
      PhraseRule rule = match.rule();
      surest.merge(
          rule.type(),
          new ByWords(rule.type(), rule.id(), rule.severity(), rule.confidence(), match.quote()),
          (one, other) -> other.confidence() > one.confidence() ? other : one);
    }
    return surest.values();
  }
}
