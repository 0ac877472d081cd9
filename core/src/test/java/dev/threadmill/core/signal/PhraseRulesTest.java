package dev.threadmill.core.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadmill.core.signal.PhraseRules.Match;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhraseRulesTest {
  private static PhraseRule rule(
      String id, List<String> phrases, List<String> unless, String... not) {
    return new PhraseRule(
        id,
        "en",
        SignalType.REFUND_REQUEST,
        3,
        0.8,
        phrases,
        unless,
        Set.of(not),
        List.of(),
        List.of());
  }

  private static boolean finds(String phrase, String text) {
    return !new PhraseRules(List.of(rule("a", List.of(phrase), List.of()))).in(text).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "money back ~ I want my MONEY, back!",
        "devolução ~ quero a devolucao",
        "где заказ ~ Где ЗАКАЗ?",
        "возврат* ~ жду возврата",
        "straße ~ In der STRASSE",
        "don't work ~ they don’t work",
        "(refund|money back) now ~ money back now",
        "(very|) bad ~ bad",
        "where .. parcel ~ where on earth is my parcel",
        "cancel* .. account ~ I am cancelling this whole account"
      })
  void a_phrase_is_found_whatever_the_case_and_the_accents(String phrase, String text) {
    assertThat(finds(phrase, text)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "refund ~ refunding refunds",
        "money back ~ money. Back",
        "where .. parcel ~ where one two three four five six parcel",
        "art ~ start",
        "(very|) bad ~ very good"
      })
  void a_phrase_is_not_found_within_words_over_sentences_or_too_far_apart(
      String phrase, String text) {
    assertThat(finds(phrase, text)).isFalse();
  }

  @Test
  void a_line_break_ends_no_sentence_and_an_empty_line_does() {
    assertThat(finds("money back", "money\nback")).isTrue();
    assertThat(finds("money back", "money\n\nback")).isFalse();
  }

  @Test
  void what_says_otherwise_holds_for_its_sentence_and_a_negation_for_the_words_behind_it() {
    var rules =
        new PhraseRules(
            List.of(
                rule("otherwise", List.of("refund"), List.of("refund policy")),
                rule("negated", List.of("happy"), List.of(), "not", "não")));

    assertThat(rules.in("What is the refund policy?")).isEmpty();
    assertThat(rules.in("What is the refund policy? I want a refund."))
        .extracting(Match::quote)
        .containsExactly("I want a refund");
    assertThat(rules.in("I am not at all happy")).isEmpty();
    assertThat(rules.in("nao happy")).isEmpty();
    assertThat(rules.in("Not today. I am happy")).hasSize(1);
  }

  @Test
  void the_quote_is_what_was_written_and_short() {
    var rules = new PhraseRules(List.of(rule("a", List.of("возврат"), List.of())));
    String long_ = "слово ".repeat(200) + "Возврат, пожалуйста" + " слово".repeat(200);

    assertThat(rules.in("Здравствуйте! Нужен Возврат — срочно.").getFirst().quote())
        .isEqualTo("Нужен Возврат — срочно");
    assertThat(rules.in(long_).getFirst().quote())
        .contains("Возврат")
        .hasSizeLessThanOrEqualTo(200);
  }

  @Test
  void every_text_costs_about_what_its_length_says() {
    var rules =
        new PhraseRules(
            List.of(
                rule(
                    "a",
                    List.of(
                        "(aaa|aaa aaa|) (aaa|aaa aaa|) aaa .. (aaa|aaa aaa) .. (aaa|aaa aaa|) bbb"),
                    List.of())));

    assertThat(rules.in("aaa ".repeat(5000))).isEmpty();
    assertThat(rules.in("a".repeat(100_000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "..",
        "a .. ",
        ".. a",
        "a .. .. b",
        "(a",
        "a)",
        "((a|b)|c)",
        "ab*",
        "a*b",
        "!",
        "(|a)",
        "a .. b .. c .. d",
        "a b c d e f g h i j k l m"
      })
  void what_can_not_be_understood_is_refused_with_a_sentence(String phrase) {
    assertThatThrownBy(() -> new PhraseRules(List.of(rule("a", List.of(phrase), List.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rule a: ");
  }

  @Test
  void a_rule_tells_which_of_its_own_examples_it_judges_wrongly() {
    var rule =
        new PhraseRule(
            "a",
            null,
            SignalType.PRAISE,
            1,
            0.7,
            List.of("great"),
            List.of(),
            Set.of(),
            List.of("great", "good"),
            List.of("bad", "great pity"));

    assertThat(PhraseRules.failures(rule)).containsExactly("good", "great pity");
    assertThatThrownBy(() -> new PhraseRules(List.of(rule, rule)))
        .hasMessageContaining("two rules have the id a");
  }

  @Test
  void a_language_is_guessed_by_its_common_words_and_not_by_too_few_of_them() {
    var guess =
        new LanguageGuess(
            Map.of("en", List.of("the", "is", "my"), "de", List.of("die", "ist", "mein")));

    assertThat(guess.of("die Lieferung ist da")).containsExactly("de");
    assertThat(guess.of("the parcel is mine, die")).containsExactlyInAnyOrder("en", "de");
    assertThat(guess.of("die")).isEmpty();
  }
}
