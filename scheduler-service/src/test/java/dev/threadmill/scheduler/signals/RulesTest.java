package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.core.signal.SignalType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RulesTest {
  private static final Rulebook RULES = new Rulebook();

  static List<PhraseRule> rules() {
    return RULES.rules();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void a_rule_finds_its_examples_and_leaves_its_counterexamples(PhraseRule rule) {
    assertThat(rule.matches()).isNotEmpty();
    assertThat(rule.ignores()).isNotEmpty();
    assertThat(rule.id()).startsWith(rule.language() + ".");
    assertThat(PhraseRules.failures(rule)).isEmpty();
  }

  @Test
  void each_language_has_rules_for_each_type() {
    for (String language : SignalFiles.LANGUAGES) {
      assertThat(rules().stream().filter(rule -> language.equals(rule.language())))
          .extracting(PhraseRule::type)
          .as(language)
          .containsAll(Arrays.stream(SignalType.values()).filter(SignalType::said).toList());
    }
  }

  @Test
  void a_word_of_another_language_is_no_false_friend() {
    // "stop working" in an English text, "retard" and "demande" in others.
    assertThat(RULES.find("Die Ware ist für den Kunden, die Preise sind gut", null)).isEmpty();
    assertThat(RULES.find("We had a demo of the sale at the top of the page", null)).isEmpty();
  }

  /** Bars that the sentences must keep; docs/signals.md has what was measured. */
  @Test
  void the_rules_are_precise_and_find_most() {
    Map<SignalType, Quality> quality = quality("labelled");
    quality.remove(SignalType.COMMUNICATION_GAP);

    assertThat(quality)
        .allSatisfy(
            (type, measured) -> {
              assertThat(measured.precision()).as("precision").isGreaterThanOrEqualTo(0.95);
              assertThat(measured.recall()).as("recall").isGreaterThanOrEqualTo(0.9);
            });
  }

  @ParameterizedTest
  @CsvSource({"errors, 0.9, 0.85", "unseen, 1, 0"})
  void the_word_error_alone_is_no_report_of_one(String file, double precision, double recall) {
    Quality measured = quality(file).get(SignalType.BUG_REPORT);

    assertThat(measured.precision()).as("%s", measured).isGreaterThanOrEqualTo(precision);
    assertThat(measured.recall()).as("%s", measured).isGreaterThanOrEqualTo(recall);
  }

  /** As much as was measured: who changes the rules may not lose any of it unnoticed. */
  @Test
  void the_rules_find_no_less_and_are_wrong_no_more_in_words_they_were_not_written_for() {
    Quality all = new Quality();
    quality("unseen").values().forEach(all::add);

    assertThat(all.right()).as("%s", all).isGreaterThanOrEqualTo(7);
    assertThat(all.wrong()).as("%s", all).isLessThanOrEqualTo(4);
  }

  private static Map<SignalType, Quality> quality(String file) {
    List<Labelled> all = Labelled.all(file);
    assertThat(all.stream().map(Labelled::language).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(SignalFiles.LANGUAGES);
    Map<SignalType, Quality> quality = new EnumMap<>(SignalType.class);
    for (Labelled one : all) {
      Set<SignalType> found =
          RULES.find(one.text(), null).stream().map(ByWords::type).collect(Collectors.toSet());
      for (SignalType type : SignalType.values()) {
        quality
            .computeIfAbsent(type, t -> new Quality())
            .count(one.types().contains(type), found.contains(type));
      }
    }
    return quality;
  }
}
