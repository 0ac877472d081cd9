package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.scheduler.signals.SignalFiles.Meaning;
import dev.threadmill.scheduler.signals.SignalFiles.Meanings;
import dev.threadmill.scheduler.signals.SignalFiles.ModelTraits;
import dev.threadmill.scheduler.signals.UnreadVectors.Near;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What nearness to the examples says: nothing, or a signal with a confidence. */
@Component
final class MeaningFinder {
  static final String NEUTRAL = "neutral";

  /** At the threshold it is as likely as not. */
  private static final double AT_THRESHOLD = 0.5;

  private static final double SLOPE = 2;

  /** Alone it is never surer: what is near need not be meant. */
  private static final double HIGHEST = 0.85;

  private final Meanings meanings;
  private final Rulebook rules;

  MeaningFinder(Rulebook rules) {
    this.meanings = SignalFiles.meanings();
    this.rules = rules;
  }

  Meanings meanings() {
    return meanings;
  }

  /** A finding and the message it is of. */
  record Found(Near near, ByMeaning meaning) {}

  /** At most one signal of each chunk: that of the example it is nearest to. */
  List<Found> find(Collection<Near> all, String model) {
    Map<String, List<Near>> byChunk = new LinkedHashMap<>();
    all.forEach(
        near ->
            byChunk
                .computeIfAbsent(near.messageId() + near.textHash(), key -> new ArrayList<>())
                .add(near));
    List<Found> found = new ArrayList<>();
    for (List<Near> chunk : byChunk.values()) {
      double neutral =
          chunk.stream()
              .filter(near -> near.type().equals(NEUTRAL))
              .mapToDouble(Near::similarity)
              .max()
              .orElse(-1);
      chunk.stream()
          .filter(near -> !near.type().equals(NEUTRAL))
          .max(Comparator.comparingDouble(Near::similarity))
          .ifPresent(nearest -> judge(nearest, neutral, model, found));
    }
    return found;
  }

  private void judge(Near nearest, double neutral, String model, List<Found> found) {
    SignalType type = SignalType.of(nearest.type());
    Meaning meaning = meanings.types().get(type);
    ModelTraits traits = meanings.of(model);
    if (meaning == null || !knows(traits, nearest.text())) {
      return;
    }
    double threshold = meaning.nearest() + traits.shift();
    if (nearest.similarity() < threshold || nearest.similarity() < neutral + meanings.margin()) {
      return;
    }
    found.add(
        new Found(
            nearest,
            new ByMeaning(
                type,
                nearest.sentence(),
                meaning.severity(),
                nearest.similarity(),
                confidence(nearest.similarity(), threshold),
                model,
                nearest.textHash(),
                nearest.text())));
  }

  private boolean knows(ModelTraits traits, String text) {
    return traits.languages().isEmpty()
        || rules.languages(text).stream().anyMatch(traits.languages()::contains);
  }

  /** Rises from a half at the threshold, two for one, up to 0.85. */
  static double confidence(double similarity, double threshold) {
    return Math.min(HIGHEST, AT_THRESHOLD + SLOPE * (similarity - threshold));
  }
}
