package dev.threadmill.gateway.deadletters;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.deadletters.DeadLetterTopics.Walk;
import dev.threadmill.gateway.deadletters.Replays.LetterKey;
import dev.threadmill.gateway.deadletters.Replays.Replayed;
import dev.threadmill.gateway.page.Cursor;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What administrators see of dead letters, and do with them, over HTTP and on a page alike. */
@Component
public class DeadLetterDesk {
  private final DeadLetterTopics topics;
  private final Replays replays;
  private final ReplayWork work;
  private final Clock clock;

  DeadLetterDesk(DeadLetterTopics topics, Replays replays, ReplayWork work, Clock clock) {
    this.topics = topics;
    this.replays = replays;
    this.work = work;
    this.clock = clock;
  }

  /**
   * How many letters lie in a topic.
   *
   * @param name Kafka's name of it
   * @param topic where the records stood
   * @param group whose listener could not use them
   */
  public record InTopic(String name, String topic, String group, long letters) {}

  /**
   * A page; it may be empty and yet not be the last.
   *
   * @param next where the next one begins; null on the last
   * @param topics how many there are in all; null behind the first page, and for who asks for one
   *     project
   */
  public record Page(
      List<LetterView> letters, @Nullable String next, @Nullable List<InTopic> topics) {}

  /** By topic and partition, the oldest first. */
  public Page list(DeadLetterFilter filter, @Nullable String cursor, int limit) {
    LetterId place = Cursor.read(cursor, keys -> LetterId.read(keys[0]).orElseThrow());
    Walk walk = topics.walk(filter, place, limit);
    return new Page(
        views(walk.letters()),
        walk.next() == null ? null : Cursor.of(walk.next()),
        filter.projectId() == null && place == null ? counts() : null);
  }

  /** Empty also where it belongs to another project than the one that is asked for. */
  Optional<LetterView> find(@Nullable UUID project, String id) {
    return LetterId.read(id)
        .flatMap(topics::find)
        .filter(letter -> project == null || project.equals(letter.projectId()))
        .map(letter -> views(List.of(letter)).getFirst());
  }

  /**
   * Sends letters to their topics again, and notes who wanted it.
   *
   * @param project of this one only; null: of all
   */
  public Replay replay(@Nullable UUID project, ReplayWish wish, Actor actor) {
    return work.replay(wish.checked(project, clock.instant()), actor);
  }

  private List<InTopic> counts() {
    return topics.counts().stream()
        .map(
            count ->
                new InTopic(
                    count.topic().name(),
                    count.topic().topic().topicName(),
                    count.topic().group(),
                    count.letters()))
        .toList();
  }

  private List<LetterView> views(List<DeadLetter> letters) {
    Map<LetterId, Replayed> known = replays.of(letters.stream().map(LetterKey::of).toList());
    return letters.stream().map(letter -> LetterView.of(letter, known.get(letter.id()))).toList();
  }
}
