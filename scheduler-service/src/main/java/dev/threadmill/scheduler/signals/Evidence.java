package dev.threadmill.scheduler.signals;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message that a signal rests on.
 *
 * @param saidAt when it was written; of silence, since when it counts
 * @param foundBy the rule, the example, or {@code rhythm}
 * @param words what the rules say; null: nothing
 * @param meaning what nearness says; null: nothing
 * @param other the confidence where it is neither of the two
 */
record Evidence(
    String messageId,
    Instant saidAt,
    String quote,
    String foundBy,
    int severity,
    @Nullable Words words,
    @Nullable Meaning meaning,
    double other) {
  record Words(String ruleId, double confidence) {}

  record Meaning(String model, double similarity, double confidence, String textHash) {}

  /** That not both detectors err, as if they erred independently of each other (noisy or). */
  double confidence() {
    double doubt = 1 - other;
    doubt *= words == null ? 1 : 1 - words.confidence();
    doubt *= meaning == null ? 1 : 1 - meaning.confidence();
    return 1 - doubt;
  }

  /** Whether it is evidence of anything still. */
  boolean holds() {
    return words != null || meaning != null || other > 0;
  }

  /** That this message was evidence once, without what was said in it. */
  Evidence withdrawn() {
    return new Evidence(messageId, saidAt, "", "withdrawn", severity, null, null, 0);
  }

  static Evidence of(String messageId, Instant saidAt, ByWords found) {
    return new Evidence(
        messageId,
        saidAt,
        found.quote(),
        found.ruleId(),
        found.severity(),
        new Words(found.ruleId(), found.confidence()),
        null,
        0);
  }

  static Evidence of(String messageId, Instant saidAt, ByMeaning found) {
    return new Evidence(
        messageId,
        saidAt,
        found.quote(),
        found.example(),
        found.severity(),
        null,
        meaning(found),
        0);
  }

  private static Meaning meaning(ByMeaning found) {
    return new Meaning(found.model(), found.similarity(), found.confidence(), found.textHash());
  }

  /** The same message, read anew: what the rules found in it now, and nothing else of words. */
  Evidence reread(@Nullable ByWords found, boolean sameText) {
    Meaning kept = sameText ? meaning : null;
    if (found != null) {
      return new Evidence(
          messageId,
          saidAt,
          found.quote(),
          found.ruleId(),
          kept == null ? found.severity() : Math.max(severity, found.severity()),
          new Words(found.ruleId(), found.confidence()),
          kept,
          other);
    }
    String by = words == null ? foundBy : "meaning";
    return new Evidence(messageId, saidAt, quote, by, severity, null, kept, other);
  }

  /** The same message with what nearness says besides, where that says more than before. */
  Evidence and(ByMeaning found) {
    if (meaning != null
        && meaning.model().equals(found.model())
        && !meaning.textHash().equals(found.textHash())
        && meaning.confidence() >= found.confidence()) {
      return this;
    }
    return new Evidence(
        messageId,
        saidAt,
        words == null ? found.quote() : quote,
        words == null ? found.example() : foundBy,
        Math.max(severity, found.severity()),
        words,
        meaning(found),
        other);
  }

  /** The same message without what nearness said of it. */
  Evidence withoutMeaning() {
    return new Evidence(messageId, saidAt, quote, foundBy, severity, words, null, other);
  }

  /** How the confidence came about, with numbers and names and no text. */
  Map<String, Object> basis(int messages) {
    Map<String, Object> basis = new LinkedHashMap<>();
    basis.put("message", messageId);
    if (words != null) {
      basis.put("rule", Map.of("id", words.ruleId(), "confidence", words.confidence()));
    }
    if (meaning != null) {
      basis.put(
          "meaning",
          Map.of(
              "model", meaning.model(),
              "similarity", rounded(meaning.similarity()),
              "confidence", rounded(meaning.confidence())));
    }
    if (other > 0) {
      basis.put("rhythm", Map.of("confidence", rounded(other)));
    }
    basis.put("combined", words != null && meaning != null ? "noisy_or" : "single");
    basis.put("messages", messages);
    return basis;
  }

  private static double rounded(double number) {
    return Math.round(number * 1000) / 1000.0;
  }
}
