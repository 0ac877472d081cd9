package dev.threadmill.scheduler.signals;

import dev.threadmill.core.signal.SignalType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one conversation, and what becomes of it when messages are read of which all
 * evidence is at hand. One type has one open signal within seven days; evidence that a person
 * dismissed, or is done with, stays where it is and raises nothing again, also after it was
 * withdrawn: of that only the message is known.
 */
final class Dossier {
  private final String conversationId;
  private final List<Signal> signals;
  private final Set<Signal> changed = new LinkedHashSet<>();
  private final Map<Signal, Set<String>> withdrawn = new HashMap<>();
  private final Set<Signal> begun = new HashSet<>();
  private final List<Move> moves = new ArrayList<>();

  Dossier(String conversationId, Collection<Signal> stored) {
    this.conversationId = conversationId;
    this.signals = new ArrayList<>(stored);
  }

  String conversationId() {
    return conversationId;
  }

  List<Signal> signals() {
    return signals;
  }

  /** Signals that must be written, those without evidence among them. */
  Set<Signal> changed() {
    return changed;
  }

  /** Messages that a signal rests on no more. */
  Set<String> withdrawn(Signal signal) {
    return withdrawn.getOrDefault(signal, Set.of());
  }

  /** All evidence of one is another's. */
  record Move(Signal from, Signal to) {}

  /** To be done before anything else is written. */
  List<Move> moves() {
    return moves;
  }

  int begun() {
    return begun.size();
  }

  /** The message is deleted, private, or no customer's: it is evidence of nothing. */
  void gone(String messageId) {
    for (Signal signal : signals) {
      Evidence known = signal.of(messageId);
      if (known != null) {
        withdraw(signal, known);
      }
    }
  }

  /**
   * A customer's message was read.
   *
   * @param found what the rules find in it
   * @param textHashes its chunks; what was said of the meaning of another text holds no more
   */
  void said(
      String messageId, Instant saidAt, Collection<ByWords> found, Collection<String> textHashes) {
    Map<SignalType, ByWords> left = new EnumMap<>(SignalType.class);
    found.forEach(one -> left.put(one.type(), one));
    for (Signal signal : signals) {
      Evidence known = signal.of(messageId);
      if (known != null && signal.type.said()) {
        Evidence.Meaning meaning = known.meaning();
        Evidence now =
            known.reread(
                left.remove(signal.type),
                meaning != null && textHashes.contains(meaning.textHash()));
        if (!now.holds()) {
          withdraw(signal, known);
        } else if (!now.equals(known)) {
          signal.put(now);
          changed.add(signal);
        }
      }
    }
    left.values().forEach(one -> place(one.type(), Evidence.of(messageId, saidAt, one)));
  }

  /**
   * A chunk of a message was compared with the examples: what an earlier vector of it said holds no
   * more.
   *
   * @param type what it means now; null: nothing
   */
  void compared(String messageId, String textHash, @Nullable SignalType type) {
    for (Signal signal : signals) {
      Evidence known = signal.of(messageId);
      Evidence.Meaning meaning = known == null ? null : known.meaning();
      if (known != null
          && meaning != null
          && signal.type != type
          && meaning.textHash().equals(textHash)) {
        Evidence now = known.withoutMeaning();
        if (now.holds()) {
          signal.put(now);
          changed.add(signal);
        } else {
          withdraw(signal, known);
        }
      }
    }
  }

  /** A customer's message was compared with the examples, and this was found. */
  void meant(String messageId, Instant saidAt, ByMeaning found) {
    Optional<Signal> holder = holder(found.type(), messageId);
    if (holder.isPresent()) {
      Signal signal = holder.get();
      Evidence known = known(signal, messageId);
      Evidence now = known.and(found);
      if (!now.equals(known)) {
        signal.put(now);
        changed.add(signal);
      }
    } else {
      place(found.type(), Evidence.of(messageId, saidAt, found));
    }
  }

  /**
   * The customer is silent since this message.
   *
   * @return whether that is new
   */
  boolean silent(Evidence silence) {
    Optional<Signal> holder = holder(SignalType.COMMUNICATION_GAP, silence.messageId());
    if (holder.isEmpty()) {
      begin(SignalType.COMMUNICATION_GAP, silence);
      return true;
    }
    Signal signal = holder.get();
    if (signal.open() && !silence.equals(signal.of(silence.messageId()))) {
      signal.put(silence);
      changed.add(signal);
    }
    return false;
  }

  private static Evidence known(Signal signal, String messageId) {
    Evidence known = signal.of(messageId);
    if (known == null) {
      throw new IllegalStateException("no evidence of " + messageId);
    }
    return known;
  }

  private Optional<Signal> holder(SignalType type, String messageId) {
    return signals.stream()
        .filter(signal -> signal.type == type && signal.of(messageId) != null)
        .findFirst();
  }

  private void place(SignalType type, Evidence evidence) {
    List<Signal> open =
        signals.stream()
            .filter(signal -> signal.type == type && signal.covers(evidence.saidAt()))
            .sorted(Comparator.comparing((Signal signal) -> signal.decided).reversed())
            .toList();
    if (open.isEmpty()) {
      begin(type, evidence);
      return;
    }
    Signal first = open.getFirst();
    first.put(evidence);
    changed.add(first);
    // What was said between two of them makes them one; what a person decided stays as it is.
    open.stream().skip(1).filter(signal -> !signal.decided).forEach(other -> join(first, other));
  }

  private void join(Signal signal, Signal other) {
    signal.absorb(other);
    if (!begun.contains(other)) {
      moves.add(new Move(other, signal));
    }
    for (Evidence one : List.copyOf(other.evidence())) {
      if (signal.of(one.messageId()) == null) {
        signal.put(one);
      }
      withdraw(other, one);
    }
    signals.remove(other);
    if (begun.remove(other)) {
      // It was never written.
      changed.remove(other);
    }
  }

  private void begin(SignalType type, Evidence evidence) {
    Signal signal = Signal.begun(type);
    signal.put(evidence);
    signals.add(signal);
    changed.add(signal);
    begun.add(signal);
  }

  private void withdraw(Signal signal, Evidence evidence) {
    if (signal.open()) {
      signal.remove(evidence.messageId());
      withdrawn.computeIfAbsent(signal, one -> new LinkedHashSet<>()).add(evidence.messageId());
      changed.add(signal);
    } else if (evidence.holds()) {
      signal.put(evidence.withdrawn());
      changed.add(signal);
    }
  }
}
