package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A signal while the job works on it. Of its evidence only what may change is at hand, that of the
 * messages that are read; the rest is known by its sums.
 */
final class Signal {
  static final double SURE = 0.6;
  private static final Duration TOGETHER = Duration.ofDays(7);
  private static final int REPEATED = 3;
  private static final int HIGHEST_SEVERITY = 5;

  final UUID id;
  final SignalType type;
  final boolean decided;
  private final Map<String, Evidence> evidence = new LinkedHashMap<>();
  private final Set<String> counted = new HashSet<>();
  private final @Nullable Instant firstSeen;
  private String status;

  /** Besides the evidence at hand that is not counted in it already. */
  private Rest rest;

  /** The same without what is counted, which costs a look at all of its evidence; null: done. */
  private @Nullable Supplier<Rest> others;

  /**
   * @param whole all of its evidence
   */
  Signal(
      UUID id,
      SignalType type,
      String status,
      boolean decided,
      @Nullable Instant firstSeen,
      Rest whole) {
    this.id = id;
    this.type = type;
    this.status = status;
    this.decided = decided;
    this.firstSeen = firstSeen;
    this.rest = whole;
  }

  static Signal begun(SignalType type) {
    return new Signal(UUID.randomUUID(), type, "proposed", false, null, Rest.NONE);
  }

  /**
   * Evidence that the signal was stored with is at hand.
   *
   * @param some of it, which is counted in the whole
   * @param without the whole without these; asked for when one of them changes
   */
  void stored(Collection<Evidence> some, Supplier<Rest> without) {
    some.forEach(one -> evidence.put(one.messageId(), one));
    some.forEach(one -> counted.add(one.messageId()));
    others = without;
  }

  /** What is at hand. */
  Collection<Evidence> evidence() {
    return evidence.values();
  }

  @Nullable Evidence of(String messageId) {
    return evidence.get(messageId);
  }

  void put(Evidence one) {
    changes(one.messageId());
    evidence.put(one.messageId(), one);
  }

  void remove(String messageId) {
    changes(messageId);
    evidence.remove(messageId);
  }

  private void changes(String messageId) {
    if (counted.contains(messageId)) {
      countAnew();
    }
  }

  /** Nothing that is at hand is counted in the rest any more. */
  private void countAnew() {
    if (others != null) {
      rest = others.get();
      others = null;
      counted.clear();
    }
  }

  /** Takes over what another one rests on besides the evidence at hand, and leaves it nothing. */
  void absorb(Signal other) {
    other.countAnew();
    rest = rest.and(other.rest);
    other.rest = Rest.NONE;
  }

  boolean hasMore() {
    return rest.occurrences() > 0;
  }

  /** Whether nothing is left to be written. */
  boolean empty() {
    return open() && occurrences() == 0;
  }

  /** Messages that say so still. */
  int occurrences() {
    return rest.occurrences() + (int) holding().count();
  }

  private Stream<Evidence> holding() {
    return evidence.values().stream()
        .filter(one -> !counted.contains(one.messageId()))
        .filter(Evidence::holds);
  }

  /** The evidence that holds; where there is none any more, what there was. */
  private List<Evidence> basedOn() {
    List<Evidence> holding = holding().toList();
    return holding.isEmpty() && !hasMore() ? List.copyOf(evidence.values()) : holding;
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
        Stream.concat(
                basedOn().stream().map(Evidence::saidAt), Stream.ofNullable(rest.firstSeenAt()))
            .min(Instant::compareTo)
            .orElseThrow();
    // Silence has one message, and counts since it was noticed first.
    return type.said() || firstSeen == null ? earliest : firstSeen;
  }

  Instant lastSeenAt() {
    Instant latest =
        Stream.concat(
                basedOn().stream().map(Evidence::saidAt), Stream.ofNullable(rest.lastSeenAt()))
            .max(Instant::compareTo)
            .orElseThrow();
    // A rhythm that is shorter than it was when the silence was noticed says that it began earlier.
    return type.said() || firstSeen == null || latest.isAfter(firstSeen) ? latest : firstSeen;
  }

  /** That of its surest message: saying it twice does not make it truer. */
  double confidence() {
    return Math.max(
        rest.confidence(), basedOn().stream().mapToDouble(Evidence::confidence).max().orElse(0));
  }

  /** That of its gravest message, and one more when three or more say so. */
  int severity() {
    int gravest =
        Math.max(rest.severity(), basedOn().stream().mapToInt(Evidence::severity).max().orElse(1));
    return Math.min(HIGHEST_SEVERITY, gravest + (occurrences() >= REPEATED ? 1 : 0));
  }

  /** The severity of the gravest message of a signal that was written with this severity. */
  static int gravest(int severity, int occurrences) {
    // Of the highest it may be one too low, which makes no difference while there are as many.
    return Math.max(1, occurrences >= REPEATED ? severity - 1 : severity);
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
    int messages = occurrences();
    return basedOn().stream()
        .max((a, b) -> Double.compare(a.confidence(), b.confidence()))
        .filter(surest -> !hasMore() || surest.confidence() > rest.confidence())
        .map(surest -> surest.basis(messages))
        .orElseGet(() -> rest.basis(messages));
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
