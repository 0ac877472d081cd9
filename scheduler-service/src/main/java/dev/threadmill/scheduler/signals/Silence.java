package dev.threadmill.scheduler.signals;

import dev.threadmill.scheduler.insight.ChangeReader;
import dev.threadmill.scheduler.insight.ChangedConversations;
import dev.threadmill.scheduler.signals.RhythmTable.Heard;
import dev.threadmill.scheduler.signals.SignalTable.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Silence against a customer's own rhythm. Everything within the caller's transaction. */
@Component
final class Silence {
  private final RhythmTable rhythms;
  private final KnownSignals known;
  private final SignalTable signals;
  private final ChangedConversations changes;

  Silence(
      RhythmTable rhythms, KnownSignals known, SignalTable signals, ChangedConversations changes) {
    this.rhythms = rhythms;
    this.known = known;
    this.signals = signals;
    this.changes = changes;
  }

  /**
   * Conversations changed: the rhythms of those whose they are, and of those whose they were before
   * contacts were merged or a conversation was given to another one, are told anew.
   */
  void heard(
      UUID project, Collection<String> conversations, Collection<@Nullable String> contacts) {
    Set<String> speakers = new TreeSet<>(rhythms.spokeLastIn(project, conversations));
    for (String contact : contacts) {
      if (contact != null) {
        speakers.add(contact);
      }
    }
    if (!speakers.isEmpty()) {
      tell(project, speakers, false);
      signals.spokeAgain(speakers);
    }
  }

  /**
   * Looks at the silence of customers who are due.
   *
   * @return how many signals are new
   */
  Written look(UUID project, Collection<String> contacts) {
    changes.alone(project, ChangeReader.SIGNALS);
    List<RhythmTable.Row> silent = tell(project, contacts, true);
    signals.spokeAgain(contacts);
    List<String> conversations =
        silent.stream().map(row -> row.last().conversationId()).distinct().toList();
    if (conversations.isEmpty()) {
      return Written.NOTHING;
    }
    Instant now = rhythms.now();
    Map<String, Dossier> dossiers =
        known.load(conversations, silent.stream().map(row -> row.last().messageId()).toList());
    Map<String, @Nullable String> contactOf = new HashMap<>();
    for (RhythmTable.Row row : silent) {
      Rhythm rhythm = Objects.requireNonNull(row.rhythm());
      contactOf.put(row.last().conversationId(), row.contactId());
      int steps = rhythm.steps(Duration.between(row.last().at(), now));
      Objects.requireNonNull(dossiers.get(row.last().conversationId()))
          .silent(
              new Evidence(
                  row.last().messageId(),
                  rhythm.due(row.last().at(), steps - 1).orElseThrow(),
                  "",
                  "rhythm",
                  rhythm.severity(steps),
                  null,
                  null,
                  rhythm.confidence()));
    }
    return signals.write(project, dossiers.values(), contactOf);
  }

  /**
   * @param looked whether the silence up to now is looked at, so that the next look is at its next
   *     step
   * @return those who are silent for longer than their rhythm allows
   */
  private List<RhythmTable.Row> tell(UUID project, Collection<String> contacts, boolean looked) {
    Map<String, List<Heard>> heard = rhythms.heard(project, contacts);
    Instant now = rhythms.now();
    List<RhythmTable.Row> rows = new ArrayList<>();
    List<RhythmTable.Row> silent = new ArrayList<>();
    heard.forEach(
        (contact, messages) -> {
          Heard last = messages.getFirst();
          List<Instant> times = messages.stream().map(Heard::at).toList();
          Duration silence = Duration.between(last.at(), now);
          @Nullable Rhythm rhythm = Rhythm.of(times).orElse(null);
          @Nullable Instant due = null;
          int steps = 0;
          if (rhythm != null && silence.compareTo(Rhythm.LONGEST_SILENCE) < 0) {
            steps = rhythm.steps(silence);
            due = rhythm.due(last.at(), looked ? steps : 0).orElse(null);
          }
          int visits = rhythm == null ? 0 : rhythm.gaps() + 1;
          var row = new RhythmTable.Row(contact, visits, rhythm, last, due);
          rows.add(row);
          if (steps > 0) {
            silent.add(row);
          }
        });
    rhythms.put(project, rows);
    List<String> gone = contacts.stream().filter(contact -> !heard.containsKey(contact)).toList();
    if (!gone.isEmpty()) {
      rhythms.forget(gone);
    }
    return silent;
  }
}
