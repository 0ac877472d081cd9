package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A signal while the job works on it. */
final class Signal {
  static final double SURE = 0.6;
  private static final Duration TOGETHER = Duration.ofDays(7);
  private static final int REPEATED = 3;
  private static final int HIGHEST_SEVERITY = 5;

  final UUID id;
  final SignalType type;
  final boolean decided;
  private final Map<String, Evidence> evidence = new LinkedHashMap<>();
  private @Nullable Instant firstSeen;
  private String status;

  Signal(UUID id, SignalType type, String status, boolean decided, @Nullable Instant firstSeen) {
    this.id = id;
    this.type = type;
    this.status = status;
    this.decided = decided;
    this.firstSeen = firstSeen;
  }

  static Signal begun(SignalType type) {
    return new Signal(UUID.randomUUID(), type, "proposed", false, null);
  }

  Collection<Evidence> evidence() {
    return evidence.values();
  }

  @Nullable Evidence of(String messageId) {
    return evidence.get(messageId);
  }

  void put(Evidence one) {
    evidence.put(one.messageId(), one);
  }

  void remove(String messageId) {
    evidence.remove(messageId);
  }

  /** Whether nothing is left to be written. */
  boolean empty() {
    return evidence.isEmpty() || (open() && occurrences() == 0);
  }

  /** Messages that say so still. */
  int occurrences() {
    return (int) evidence.values().stream().filter(Evidence::holds).count();
  }

  /** The evidence that holds; where there is none any more, what there was. */
  private List<Evidence> basedOn() {
    List<Evidence> holding = evidence.values().stream().filter(Evidence::holds).toList();
    return holding.isEmpty() ? List.copyOf(evidence.values()) : holding;
  }

  boolean open() {
    return status.equals("proposed") || status.equals("accepted");
  }

  /**
   * Whether what is said at this time belongs to it: within seven days of its first or last
   * message.
   */
  boolean covers(Instant time) {
    return open()
        && !empty()
        && !time.isBefore(firstSeenAt().minus(TOGETHER))
        && !time.isAfter(lastSeenAt().plus(TOGETHER));
  }

  Instant firstSeenAt() {
    Instant earliest =
        basedOn().stream().map(Evidence::saidAt).min(Instant::compareTo).orElseThrow();
    // Silence has one message, and counts since it was noticed first.
    return type.said() || firstSeen == null ? earliest : firstSeen;
  }

  Instant lastSeenAt() {
    return basedOn().stream().map(Evidence::saidAt).max(Instant::compareTo).orElseThrow();
  }

  /** That of its surest message: saying it twice does not make it truer. */
  double confidence() {
    return basedOn().stream().mapToDouble(Evidence::confidence).max().orElse(0);
  }

  /** That of its gravest message, and one more when three or more say so. */
  int severity() {
    int gravest = basedOn().stream().mapToInt(Evidence::severity).max().orElse(1);
    return Math.min(HIGHEST_SEVERITY, gravest + (occurrences() >= REPEATED ? 1 : 0));
  }

  /** What nobody decided follows the confidence. */
  String status() {
    if (!decided && open()) {
      status = confidence() >= SURE ? "accepted" : "proposed";
    }
    return status;
  }

  /** How the confidence came about: by the surest message, with numbers and names and no text. */
  Map<String, Object> basis() {
    Evidence surest =
        basedOn().stream()
            .max((a, b) -> Double.compare(a.confidence(), b.confidence()))
            .orElseThrow();
    Map<String, Object> basis = new LinkedHashMap<>();
    basis.put("message", surest.messageId());
    Evidence.Words words = surest.words();
    if (words != null) {
      basis.put("rule", Map.of("id", words.ruleId(), "confidence", words.confidence()));
    }
    Evidence.Meaning meaning = surest.meaning();
    if (meaning != null) {
      basis.put(
          "meaning",
          Map.of(
              "model", meaning.model(),
              "similarity", rounded(meaning.similarity()),
              "confidence", rounded(meaning.confidence())));
    }
    if (surest.other() > 0) {
      basis.put("rhythm", Map.of("confidence", rounded(surest.other())));
    }
    basis.put("combined", words != null && meaning != null ? "noisy_or" : "single");
    basis.put("messages", occurrences());
    return basis;
  }

  private static double rounded(double number) {
    return Math.round(number * 1000) / 1000.0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Signal signal && signal.id.equals(id);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id);
  }
}
