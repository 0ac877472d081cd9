package dev.threadmill.gateway.signals;

import dev.threadmill.core.signal.PhraseRule;
import dev.threadmill.core.signal.PhraseRules;
import dev.threadmill.core.signal.SignalType;
import dev.threadmill.gateway.problem.ApiProblem;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a project: by which words a signal is found, besides the rules that all have.
 *
 * @param name small letters, digits and _
 * @param type any that is found in words
 * @param severity 1 to 5
 * @param confidence above 0, up to 1; from 0.6 on its signals are accepted at once
 * @param phrases such as {@code where .. (parcel|order)} or {@code cancel* my account}: {@code ..}
 *     is up to five other words, {@code *} the rest of a word, {@code (a|b|)} one of these or none
 * @param unless phrases that say otherwise in the same sentence
 * @param matches texts that it must find, one at least
 * @param ignores texts that it must not find
 */
record SignalRule(
    @Schema(requiredMode = RequiredMode.REQUIRED, pattern = "[a-z0-9_]{1,60}")
        @Nullable String name,
    @Schema(requiredMode = RequiredMode.REQUIRED) @Nullable String type,
    @Schema(requiredMode = RequiredMode.REQUIRED, minimum = "1", maximum = "5")
        @Nullable Integer severity,
    @Schema(
            requiredMode = RequiredMode.REQUIRED,
            minimum = "0",
            exclusiveMinimum = true,
            maximum = "1")
        @Nullable Double confidence,
    @Schema(requiredMode = RequiredMode.REQUIRED) @Nullable List<String> phrases,
    @Nullable List<String> unless,
    @Nullable List<String> matches,
    @Nullable List<String> ignores) {
  private static final int MOST = 50;
  private static final int LONGEST = 500;

  /**
   * The rule as the job uses it.
   *
   * @throws ApiProblem naming the rule and what is wrong with it
   */
  PhraseRule checked() {
    if (name == null || !name.matches("[a-z0-9_]{1,60}")) {
      throw ApiProblem.invalid("A rule's 'name' has 1 to 60 small letters, digits and _.");
    }
    if (type == null || severity == null || confidence == null || phrases == null) {
      throw wrong("it has a 'type', a 'severity', a 'confidence' and 'phrases'");
    }
    for (List<String> texts : List.of(phrases, or(unless), or(matches), or(ignores))) {
      if (texts.size() > MOST
          || texts.stream()
              .anyMatch(
                  text -> text == null || text.length() > LONGEST || text.indexOf('\0') >= 0)) {
        throw wrong(
            "each of its lists has at most %d texts of at most %d characters"
                .formatted(MOST, LONGEST));
      }
    }
    if (or(matches).isEmpty()) {
      throw wrong("its 'matches' hold one text at least that it finds");
    }
    try {
      PhraseRule rule =
          new PhraseRule(
              name,
              null,
              SignalType.of(type),
              severity,
              confidence,
              phrases,
              or(unless),
              Set.of(),
              or(matches),
              or(ignores));
      List<String> failures = PhraseRules.failures(rule);
      if (!failures.isEmpty()) {
        throw wrong("it judges its own example '" + failures.getFirst() + "' wrongly");
      }
      return rule;
    } catch (IllegalArgumentException unusable) {
      throw wrong(Objects.requireNonNullElse(unusable.getMessage(), "it can't be understood"));
    }
  }

  private ApiProblem wrong(String why) {
    return ApiProblem.invalid("Rule '%s': %s.".formatted(name, why));
  }

  private static List<String> or(@Nullable List<String> texts) {
    return texts == null ? List.of() : texts;
  }
}
