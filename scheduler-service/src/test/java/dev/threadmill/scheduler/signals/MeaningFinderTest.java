package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.threadmill.core.signal.SignalType;
import dev.threadmill.scheduler.signals.UnreadVectors.Near;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeaningFinderTest {
  private final MeaningFinder finder = new MeaningFinder(new Rulebook());

  private static Near near(String message, String type, double similarity) {
    return new Near(
        "cw:1", message, Instant.EPOCH, "hash", "text", type, "sentence of " + type, similarity);
  }

  private double nearest(SignalType type) {
    return finder.meanings().types().get(type).nearest();
  }

  @Test
  void a_chunk_means_what_it_is_nearest_to_where_it_is_near_enough() {
    double threshold = nearest(SignalType.CHURN_RISK);
    var found =
        finder.find(
            List.of(
                near("m1", "churn_risk", threshold + 0.1),
                near("m1", "complaint", threshold + 0.05),
                near("m1", "neutral", 0.2),
                near("m2", "churn_risk", threshold - 0.01),
                near("m2", "neutral", 0.2)),
            "model");

    assertThat(found).hasSize(1);
    ByMeaning meaning = found.getFirst().meaning();
    assertThat(meaning.type()).isEqualTo(SignalType.CHURN_RISK);
    assertThat(meaning.confidence()).isCloseTo(0.7, within(1e-9));
    assertThat(meaning.model()).isEqualTo("model");
  }

  @Test
  void what_is_as_near_to_a_neutral_sentence_means_nothing() {
    assertThat(
            finder.find(List.of(near("m1", "praise", 0.8), near("m1", "neutral", 0.78)), "model"))
        .isEmpty();
  }

  @Test
  void a_model_that_knows_english_is_asked_about_english_alone() {
    double similarity = nearest(SignalType.PRAISE) - 0.05;
    var english =
        new Near(
            "cw:1",
            "m1",
            Instant.EPOCH,
            "hash",
            "that was the best help I have had",
            "praise",
            "s",
            similarity);
    var russian =
        new Near(
            "cw:1",
            "m2",
            Instant.EPOCH,
            "hash",
            "это была лучшая помощь, которая у нас была",
            "praise",
            "s",
            0.9);

    assertThat(finder.find(List.of(english, russian), "all-MiniLM-L6-v2"))
        .extracting(found -> found.near().messageId())
        .containsExactly("m1");
    assertThat(finder.find(List.of(english, russian), "another"))
        .extracting(found -> found.near().messageId())
        .containsExactly("m2");
  }

  @Test
  void every_type_that_is_said_has_examples_and_the_confidence_has_a_ceiling() {
    assertThat(finder.meanings().types().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(SignalType.values()).filter(SignalType::said).toList());
    assertThat(MeaningFinder.confidence(1, 0.5)).isEqualTo(0.85);
    assertThat(MeaningFinder.confidence(0.5, 0.5)).isEqualTo(0.5);
  }
}
