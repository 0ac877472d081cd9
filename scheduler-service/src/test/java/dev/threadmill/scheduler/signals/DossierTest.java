package dev.threadmill.scheduler.signals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.threadmill.core.signal.SignalType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DossierTest {
  private static final Instant DAY = Instant.parse("2026-03-01T10:00:00Z");

  private static ByWords words(SignalType type, double confidence) {
    return new ByWords(type, "en.rule", 3, confidence, "quoted");
  }

  private static ByMeaning meaning(SignalType type, double confidence, String hash) {
    return new ByMeaning(type, "an example", 4, 0.7, confidence, "model", hash, "text");
  }

  private static Instant day(int days) {
    return DAY.plus(Duration.ofDays(days));
  }

  private static Dossier with(Signal... signals) {
    return new Dossier("cw:1", List.of(signals));
  }

  private static Signal signal(SignalType type, String status, String message, Instant at) {
    Signal signal =
        new Signal(UUID.randomUUID(), type, status, !status.equals("accepted"), at, Rest.NONE);
    signal.put(Evidence.of(message, at, words(type, 0.8)));
    return signal;
  }

  @Test
  void the_same_type_within_seven_days_is_one_signal_and_later_another() {
    Dossier dossier = with();
    List<ByWords> complaint = List.of(words(SignalType.COMPLAINT, 0.8));
    dossier.said("m1", day(0), complaint, List.of());
    dossier.said("m2", day(7), complaint, List.of());
    dossier.said("m3", day(15), complaint, List.of());
    dossier.said("m0", day(-6), complaint, List.of());

    assertThat(dossier.signals()).hasSize(2);
    Signal first = dossier.signals().getFirst();
    assertThat(first.evidence()).extracting(Evidence::messageId).containsExactly("m1", "m2", "m0");
    assertThat(first.firstSeenAt()).isEqualTo(day(-6));
    assertThat(first.lastSeenAt()).isEqualTo(day(7));
    assertThat(first.severity()).as("three say so").isEqualTo(4);
    assertThat(first.status()).isEqualTo("accepted");
  }

  @Test
  void below_six_tenths_it_is_proposed_and_the_second_detector_makes_it_sure() {
    Dossier dossier = with();
    dossier.said("m1", day(0), List.of(words(SignalType.URGENCY, 0.5)), List.of("hash"));
    Signal signal = dossier.signals().getFirst();
    assertThat(signal.status()).isEqualTo("proposed");

    dossier.meant("m1", day(0), meaning(SignalType.URGENCY, 0.6, "hash"));

    assertThat(dossier.signals()).containsExactly(signal);
    assertThat(signal.confidence()).isCloseTo(0.8, within(1e-9));
    assertThat(signal.status()).isEqualTo("accepted");
    assertThat(signal.basis())
        .containsEntry("combined", "noisy_or")
        .containsKeys("rule", "meaning");
    assertThat(signal.basis().toString()).doesNotContain("quoted").doesNotContain("text");
  }

  @Test
  void the_order_of_the_detectors_does_not_matter() {
    Dossier dossier = with();
    dossier.meant("m1", day(0), meaning(SignalType.URGENCY, 0.6, "hash"));
    dossier.said("m1", day(0), List.of(words(SignalType.URGENCY, 0.5)), List.of("hash"));

    assertThat(dossier.signals().getFirst().confidence()).isCloseTo(0.8, within(1e-9));
  }

  @Test
  void an_edited_message_takes_its_evidence_along_and_a_signal_without_any_is_empty() {
    Signal signal = signal(SignalType.COMPLAINT, "accepted", "m1", day(0));
    signal.put(Evidence.of("m2", day(1), meaning(SignalType.COMPLAINT, 0.7, "old")));
    Dossier dossier = with(signal);

    dossier.said("m1", day(0), List.of(), List.of());
    assertThat(signal.evidence()).extracting(Evidence::messageId).containsExactly("m2");
    dossier.said("m2", day(1), List.of(), List.of("old"));
    assertThat(signal.empty()).as("its text is the same").isFalse();
    dossier.said("m2", day(1), List.of(), List.of("new"));

    assertThat(signal.empty()).isTrue();
    assertThat(dossier.changed()).containsExactly(signal);
    assertThat(dossier.withdrawn(signal)).containsExactlyInAnyOrder("m1", "m2");
  }

  @Test
  void what_was_dismissed_or_done_comes_back_for_new_evidence_only() {
    for (String status : List.of("dismissed", "done")) {
      Signal old = signal(SignalType.COMPLAINT, status, "m1", day(0));
      Dossier dossier = with(old);
      List<ByWords> complaint = List.of(words(SignalType.COMPLAINT, 0.9));

      dossier.said("m1", day(0), complaint, List.of());
      dossier.meant("m1", day(0), meaning(SignalType.COMPLAINT, 0.7, "hash"));
      assertThat(dossier.signals()).containsExactly(old);
      assertThat(old.status()).isEqualTo(status);

      dossier.said("m2", day(1), complaint, List.of());
      assertThat(dossier.signals()).hasSize(2);
      assertThat(dossier.signals().getLast().evidence())
          .extracting(Evidence::messageId)
          .containsExactly("m2");
    }
  }

  @Test
  void what_was_dismissed_or_done_stays_known_without_words_when_its_messages_go() {
    for (String status : List.of("dismissed", "done")) {
      Signal old = signal(SignalType.COMPLAINT, status, "m1", day(0));
      old.put(Evidence.of("m2", day(1), words(SignalType.COMPLAINT, 0.7)));
      Dossier dossier = with(old);

      dossier.gone("m1");
      assertThat(old.occurrences()).isEqualTo(1);
      assertThat(old.confidence()).isCloseTo(0.7, within(1e-9));
      dossier.said("m2", day(1), List.of(), List.of());

      assertThat(old.occurrences()).isZero();
      assertThat(old.empty()).isFalse();
      assertThat(old.evidence()).hasSize(2).allMatch(one -> one.quote().isEmpty());
      assertThat(old.basis().toString()).doesNotContain("quoted");
      assertThat(dossier.changed()).containsExactly(old);
      assertThat(dossier.withdrawn(old)).isEmpty();

      dossier.said("m1", day(0), List.of(words(SignalType.COMPLAINT, 0.9)), List.of());
      dossier.meant("m2", day(1), meaning(SignalType.COMPLAINT, 0.7, "hash"));
      assertThat(dossier.signals()).as("no new one").containsExactly(old);
      assertThat(old.status()).isEqualTo(status);
      assertThat(old.occurrences()).isEqualTo(2);
      dossier.gone("m1");
      dossier.gone("m2");
      assertThat(old.occurrences()).isZero();
    }
  }

  @Test
  void what_is_said_between_two_signals_makes_them_one_and_decisions_stay() {
    List<ByWords> complaint = List.of(words(SignalType.COMPLAINT, 0.8));
    Signal first =
        new Signal(UUID.randomUUID(), SignalType.COMPLAINT, "accepted", false, day(0), Rest.NONE);
    first.put(Evidence.of("m1", day(0), words(SignalType.COMPLAINT, 0.8)));
    Signal second =
        new Signal(UUID.randomUUID(), SignalType.COMPLAINT, "accepted", true, day(12), Rest.NONE);
    second.put(Evidence.of("m2", day(12), words(SignalType.COMPLAINT, 0.8)));
    Dossier dossier = with(first, second);
    dossier.said("m4", day(24), complaint, List.of());
    assertThat(dossier.begun()).isEqualTo(1);

    dossier.said("m3", day(6), complaint, List.of());

    assertThat(second.evidence()).extracting(Evidence::messageId).containsExactly("m2", "m3", "m1");
    assertThat(first.empty()).isTrue();
    assertThat(dossier.changed()).contains(first, second);

    dossier.said("m5", day(18), complaint, List.of());
    assertThat(dossier.signals()).containsExactly(second);
    assertThat(dossier.changed()).as("the third was never written").containsOnly(first, second);
    assertThat(dossier.begun()).isZero();
  }

  @Test
  void of_what_a_signal_rests_on_the_sums_are_enough_until_evidence_in_them_changes() {
    Evidence sure = Evidence.of("m1", day(1), words(SignalType.COMPLAINT, 0.9));
    Signal signal =
        new Signal(
            UUID.randomUUID(), SignalType.COMPLAINT, "accepted", false, day(0), rest(500, 0.9));
    var asked = new AtomicInteger();
    signal.stored(
        List.of(sure),
        () -> {
          asked.incrementAndGet();
          return rest(499, 0.5);
        });
    Dossier dossier = with(signal);
    List<ByWords> same = List.of(words(SignalType.COMPLAINT, 0.9));

    dossier.said("m1", day(1), same, List.of());
    assertThat(dossier.changed()).as("it says the same").isEmpty();
    dossier.said("m501", day(9), List.of(words(SignalType.COMPLAINT, 0.7)), List.of());
    assertThat(signal.occurrences()).isEqualTo(501);
    assertThat(signal.firstSeenAt()).isEqualTo(day(0));
    assertThat(signal.lastSeenAt()).isEqualTo(day(9));
    assertThat(signal.basis()).containsEntry("message", "m0").containsEntry("messages", 501);
    assertThat(asked).hasValue(0);

    dossier.gone("m1");
    assertThat(signal.occurrences()).isEqualTo(500);
    assertThat(signal.confidence()).isCloseTo(0.7, within(1e-9));
    assertThat(signal.severity()).isEqualTo(4);
    assertThat(signal.basis()).containsEntry("message", "m501");
    dossier.gone("m501");
    assertThat(signal.status()).isEqualTo("proposed");
    assertThat(asked).hasValue(1);
  }

  @Test
  void two_signals_that_become_one_add_up_and_all_their_evidence_moves() {
    Signal first =
        new Signal(
            UUID.randomUUID(), SignalType.COMPLAINT, "accepted", false, day(0), rest(500, 0.9));
    Signal second =
        new Signal(
            UUID.randomUUID(),
            SignalType.COMPLAINT,
            "accepted",
            false,
            day(14),
            new Rest(3, day(14), day(15), 0.8, 5, Map.of("message", "m14")));
    Dossier dossier = with(first, second);

    dossier.said("m8", day(10), List.of(words(SignalType.COMPLAINT, 0.6)), List.of());

    assertThat(dossier.signals()).containsExactly(first);
    assertThat(dossier.moves()).containsExactly(new Dossier.Move(second, first));
    assertThat(first.occurrences()).isEqualTo(504);
    assertThat(first.lastSeenAt()).isEqualTo(day(15));
    assertThat(first.severity()).isEqualTo(5);
    assertThat(first.basis()).containsEntry("message", "m0");
    assertThat(second.empty()).isTrue();
  }

  private static Rest rest(int occurrences, double confidence) {
    return new Rest(occurrences, day(0), day(5), confidence, 3, Map.of("message", "m0"));
  }

  @Test
  void silence_is_raised_once_for_a_message_and_grows_graver() {
    Dossier dossier = with();
    assertThat(dossier.silent(silence(2, day(6)))).isTrue();
    Signal signal = dossier.signals().getFirst();
    assertThat(dossier.silent(silence(3, day(12)))).isFalse();

    assertThat(dossier.signals()).containsExactly(signal);
    assertThat(signal.severity()).isEqualTo(3);
    assertThat(signal.lastSeenAt()).isEqualTo(day(12));
    dossier.said("m1", day(0), List.of(), List.of());
    assertThat(signal.empty()).as("no words told it, so none take it away").isFalse();
    dossier.gone("m1");
    assertThat(signal.empty()).isTrue();
  }

  @Test
  void a_silence_that_a_shorter_rhythm_tells_to_be_older_still_counts_since_it_was_noticed() {
    Signal noticed =
        new Signal(
            UUID.randomUUID(),
            SignalType.COMMUNICATION_GAP,
            "accepted",
            false,
            day(12),
            new Rest(1, day(12), day(12), 0.7, 2, Map.of()));
    noticed.stored(List.of(silence(2, day(12))), () -> Rest.NONE);
    Dossier dossier = with(noticed);

    assertThat(dossier.silent(silence(3, day(6)))).isFalse();

    assertThat(dossier.changed()).containsExactly(noticed);
    assertThat(noticed.firstSeenAt()).isEqualTo(day(12));
    assertThat(noticed.lastSeenAt()).isEqualTo(day(12));
  }

  private static Evidence silence(int severity, Instant since) {
    return new Evidence("m1", since, "", "rhythm", severity, null, null, 0.7);
  }
}
