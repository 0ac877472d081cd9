package dev.threadmill.gateway.deadletters;

import dev.threadmill.core.kafka.DeadLetters;
import dev.threadmill.core.kafka.KafkaConnection;
import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.audit.AuditLog;
import dev.threadmill.gateway.audit.Change;
import dev.threadmill.gateway.deadletters.DeadLetterTopics.Walk;
import dev.threadmill.gateway.deadletters.Replay.Tally;
import dev.threadmill.gateway.deadletters.ReplayWish.Checked;
import dev.threadmill.gateway.deadletters.ReplayWish.Place;
import dev.threadmill.gateway.deadletters.Replays.LetterKey;
import dev.threadmill.gateway.deadletters.Replays.Replayed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Sends dead letters to their topics again. What is to be sent is noted before, with who wanted it:
 * a crash in between costs a note too many, and never lets a letter go round unseen.
 */
@Component
class ReplayWork {
  /** A letter that came back so often needs a person who says that it shall go once more. */
  static final int MOST_REPLAYS = 3;

  private static final int READ_AT_ONCE = 50;

  /** Also of those that the filter does not take; where a call stops, the next one goes on. */
  private static final int MOST_READ = 10_000;

  private static final long LONGEST = Duration.ofSeconds(60).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final DeadLetterTopics topics;
  private final Replays replays;
  private final DeadLetters sending;
  private final KafkaConnection connection;
  private final AuditLog audit;
  private final TransactionTemplate transaction;

  ReplayWork(
      DeadLetterTopics topics,
      Replays replays,
      DeadLetters sending,
      KafkaConnection connection,
      AuditLog audit,
      TransactionTemplate transaction) {
    this.topics = topics;
    this.replays = replays;
    this.sending = sending;
    this.connection = connection;
    this.audit = audit;
    this.transaction = transaction;
  }

  private record Chosen(DeadLetter letter, int replays) {}

  Replay replay(Checked wish, Actor actor) {
    Tally tally = new Tally();
    if (wish.ids() != null) {
      send(choose(named(wish, tally), wish, tally), wish, tally, actor);
      return tally.sum(wish.dryRun(), null);
    }
    @Nullable LetterId place = wish.place();
    long began = System.nanoTime();
    int read = 0;
    do {
      Walk walk =
          topics.walk(wish.filter(), place, Math.min(READ_AT_ONCE, wish.limit() - tally.done()));
      read += walk.read();
      send(choose(walk.letters(), wish, tally), wish, tally, actor);
      place = walk.next();
    } while (place != null
        && tally.done() < wish.limit()
        && read < MOST_READ
        && System.nanoTime() - began < LONGEST
        // The broker is away: the rest would fail alike.
        && tally.failed.isEmpty());
    return tally.sum(
        wish.dryRun(),
        place == null
            ? null
            : new Place(place, Objects.requireNonNull(wish.filter().to())).cursor());
  }

  private List<DeadLetter> named(Checked wish, Tally tally) {
    List<LetterId> ids = Objects.requireNonNull(wish.ids());
    List<DeadLetter> found = topics.find(ids).stream().filter(wish.filter()::takes).toList();
    Set<LetterId> known = found.stream().map(DeadLetter::id).collect(Collectors.toSet());
    ids.stream().filter(id -> !known.contains(id)).forEach(tally.unknown::add);
    return found;
  }

  private List<Chosen> choose(List<DeadLetter> letters, Checked wish, Tally tally) {
    Map<LetterId, Replayed> known = replays.of(letters.stream().map(LetterKey::of).toList());
    List<Chosen> chosen = new ArrayList<>();
    for (DeadLetter letter : letters) {
      Replayed replayed = known.get(letter.id());
      int before = letter.replaysBefore() + (replayed == null ? 0 : replayed.times());
      if (replayed != null && !wish.again() && wish.ids() == null) {
        tally.skippedReplayed++;
      } else if (letter.event() == null && !wish.force()) {
        tally.skippedUnusable++;
      } else if (before >= MOST_REPLAYS && !wish.force()) {
        tally.skippedLooping++;
      } else {
        chosen.add(new Chosen(letter, before + 1));
      }
    }
    return chosen;
  }

  private void send(List<Chosen> chosen, Checked wish, Tally tally, Actor actor) {
    if (wish.dryRun()) {
      chosen.forEach(one -> tally.replayed.add(one.letter().id()));
      return;
    }
    for (int begin = 0; begin < chosen.size(); begin += wish.perSecond()) {
      long started = System.nanoTime();
      int end = Math.min(begin + wish.perSecond(), chosen.size());
      sendAtOnce(chosen.subList(begin, end), wish, tally, actor);
      if (end < chosen.size() || tally.done() < wish.limit()) {
        LockSupport.parkNanos(
            SECOND * (end - begin) / wish.perSecond() - (System.nanoTime() - started));
      }
    }
  }

  private void sendAtOnce(List<Chosen> chosen, Checked wish, Tally tally, Actor actor) {
    List<LetterKey> keys = chosen.stream().map(one -> LetterKey.of(one.letter())).toList();
    transaction.executeWithoutResult(
        status -> {
          replays.note(keys, actor.caller().name());
          audit.write(actor, change(chosen, wish));
        });
    List<CompletableFuture<Boolean>> sent =
        chosen.stream()
            .map(
                one ->
                    connection.isUp()
                        ? sending.sendAgain(
                            one.letter().record(), one.letter().from().topic(), one.replays())
                        : CompletableFuture.completedFuture(false))
            .toList();
    List<LetterKey> refused = new ArrayList<>();
    for (int i = 0; i < sent.size(); i++) {
      if (sent.get(i).join()) {
        tally.replayed.add(keys.get(i).id());
      } else {
        tally.failed.add(keys.get(i).id());
        refused.add(keys.get(i));
      }
    }
    if (!refused.isEmpty()) {
      replays.takeBack(refused);
    }
  }

  private static Change change(List<Chosen> chosen, Checked wish) {
    Map<String, Object> after = new LinkedHashMap<>();
    after.put("letters", chosen.size());
    after.put("first", chosen.getFirst().letter().id().toString());
    after.put("last", chosen.getLast().letter().id().toString());
    after.put("force", wish.force());
    return new Change(
        wish.filter().projectId(),
        "dead_letters.replay",
        wish.filter().topic() == null ? "all" : wish.filter().topic(),
        null,
        after);
  }
}
