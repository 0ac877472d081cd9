package dev.threadmill.scheduler.health;

import dev.threadmill.core.database.DatabaseFailures;
import dev.threadmill.core.database.Undisturbed;
import dev.threadmill.core.health.HealthSettings;
import dev.threadmill.scheduler.health.DueContacts.Due;
import dev.threadmill.scheduler.health.DueContacts.Looked;
import dev.threadmill.scheduler.health.Factor.Reading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Scores the contacts that are due, and says when each is due again. */
@Component
class DueScores {
  private static final Logger log = LoggerFactory.getLogger(DueScores.class);

  private final DueContacts due;
  private final HealthFactsTable facts;
  private final StoredSignals signals;
  private final Scores scores;
  private final TransactionTemplate transaction;

  DueScores(
      DueContacts due,
      HealthFactsTable facts,
      StoredSignals signals,
      Scores scores,
      TransactionTemplate transaction) {
    this.due = due;
    this.facts = facts;
    this.signals = signals;
    this.scores = scores;
    this.transaction = transaction;
  }

  /**
   * What became of some contacts.
   *
   * @param removed had a score and have none now
   * @param failed are set aside
   */
  record Done(int scored, int removed, int failed) {
    static final Done NOTHING = new Done(0, 0, 0);

    Done and(Done other) {
      return new Done(scored + other.scored, removed + other.removed, failed + other.failed);
    }
  }

  List<Due> next(UUID project, int limit) {
    return due.next(project, limit);
  }

  Done work(UUID project, HealthSettings settings, List<Due> contacts) {
    try {
      return Undisturbed.get(
          () ->
              Objects.requireNonNull(
                  transaction.execute(status -> write(project, settings, contacts))));
    } catch (RuntimeException failed) {
      if (DatabaseFailures.passes(failed)) {
        throw failed;
      }
      if (contacts.size() == 1) {
        log.warn("the health of {} can't be told", contacts.getFirst().contactId(), failed);
        due.setAside(contacts.getFirst());
        return new Done(0, 0, 1);
      }
      // One of them spoils it for the others.
      return contacts.stream()
          .map(one -> work(project, settings, List.of(one)))
          .reduce(Done.NOTHING, Done::and);
    }
  }

  private Done write(UUID project, HealthSettings settings, List<Due> contacts) {
    List<String> ids = contacts.stream().map(Due::contactId).toList();
    due.lock(ids);
    scores.lock(ids);
    Set<String> present = scores.present(ids);
    Map<String, List<HealthFactsTable.Row>> rows = facts.ofContacts(ids);
    Map<String, List<Trouble>> troubles = signals.troubles(ids);
    Instant now = scores.now();
    List<Scores.New> found = new ArrayList<>();
    List<Looked> looked = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (Due one : contacts) {
      String id = one.contactId();
      List<HealthFactsTable.Row> conversations = rows.getOrDefault(id, List.of());
      if (conversations.isEmpty() || !present.contains(id)) {
        gone.add(id);
        looked.add(new Looked(one, null));
      } else {
        Story story = story(conversations, troubles.getOrDefault(id, List.of()));
        found.add(score(id, story, settings, now));
        OptionalLong next =
            NextLook.after(story, settings.weights(), now.getEpochSecond(), NextLook.spread(id));
        looked.add(new Looked(one, next.isPresent() ? next.getAsLong() : null));
      }
    }
    scores.write(project, settings.number(), now, found);
    int removed = scores.delete(gone);
    due.looked(looked);
    return new Done(found.size(), removed, 0);
  }

  private Story story(List<HealthFactsTable.Row> conversations, List<Trouble> troubles) {
    return Story.of(
        conversations.stream().map(facts::facts).toList(),
        troubles,
        conversations.getFirst().lastCustomerAt());
  }

  private static Scores.New score(
      String contact, Story story, HealthSettings settings, Instant at) {
    long now = at.getEpochSecond();
    List<Reading> readings = Formula.readings(story, now);
    return new Scores.New(
        contact,
        Formula.score(readings, settings.weights()),
        Formula.active(story, now),
        new Explanation(story, now, contact).tell(readings, settings.weights()));
  }
}
