package dev.threadmill.gateway.deadletters;

import dev.threadmill.gateway.audit.Actor;
import dev.threadmill.gateway.deadletters.DeadLetterTopics.Walk;
import dev.threadmill.gateway.deadletters.Replays.LetterKey;
import dev.threadmill.gateway.deadletters.Replays.Replayed;
import dev.threadmill.gateway.page.Cursor;
import dev.threadmill.gateway.page.Parameters;
import dev.threadmill.gateway.problem.ApiProblem;
import dev.threadmill.gateway.security.Caller;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Records that no listener could use. Who names a project, or has a token that is bound to one,
 * sees that project's only; what is no event belongs to none.
 */
@RestController
@RequestMapping("/admin/dead-letters")
class DeadLettersController {
  private final DeadLetterTopics topics;
  private final Replays replays;
  private final ReplayWork work;
  private final Clock clock;

  DeadLettersController(DeadLetterTopics topics, Replays replays, ReplayWork work, Clock clock) {
    this.topics = topics;
    this.replays = replays;
    this.work = work;
    this.clock = clock;
  }

  /**
   * Which dead letters to list.
   *
   * @param topic where the records stood
   * @param group whose listener could not use them
   * @param from put aside at this time or later, ISO 8601 with an offset
   * @param to put aside before this time
   * @param cursor from the page before
   */
  record Query(
      @Nullable String topic,
      @Nullable String group,
      @Nullable String from,
      @Nullable String to,
      @Nullable String cursor,
      @Nullable Integer limit) {}

  /**
   * How many letters lie in a topic.
   *
   * @param deadLetterTopic Kafka's name of it
   */
  record TopicCount(String deadLetterTopic, String topic, String consumerGroup, long letters) {}

  /**
   * A page; it may have fewer items than were asked for, and even none, and yet not be the last.
   *
   * @param nextCursor for the next page; null on the last
   * @param topics how many there are in all, on the first page of a caller who speaks for all
   *     projects
   */
  record Listed(
      List<LetterView> items, @Nullable String nextCursor, @Nullable List<TopicCount> topics) {}

  /** By topic and partition, the oldest first. Ids only; the records themselves are not shown. */
  @GetMapping
  Listed list(Caller caller, @ModelAttribute Query query) {
    UUID project = caller.projectId();
    int limit = Parameters.limit(query.limit());
    DeadLetterFilter filter =
        DeadLetterFilter.of(project, query.topic(), query.group(), query.from(), query.to());
    LetterId place = Cursor.read(query.cursor(), keys -> LetterId.read(keys[0]).orElseThrow());
    Walk walk = topics.walk(filter, place, limit);
    return new Listed(
        views(walk.letters()),
        walk.next() == null ? null : Cursor.of(walk.next()),
        project == null && place == null ? counts() : null);
  }

  @GetMapping("/{id}")
  LetterView one(Caller caller, @PathVariable String id) {
    UUID project = caller.projectId();
    return LetterId.read(id)
        .flatMap(topics::find)
        .filter(letter -> project == null || project.equals(letter.projectId()))
        .map(letter -> views(List.of(letter)).getFirst())
        .orElseThrow(() -> ApiProblem.notFound("dead letter"));
  }

  /**
   * Sends letters to their topics again, for all groups that read there: to handle an event twice
   * is harmless. One that comes back is a new letter, which knows how often it was sent again.
   */
  @PostMapping("/replay")
  Replay replay(
      Caller caller,
      @RequestBody(required = false) @Nullable ReplayWish wish,
      HttpServletRequest request) {
    ReplayWish wanted =
        wish == null
            ? new ReplayWish(null, null, null, null, null, null, null, null, null, null, null)
            : wish;
    return work.replay(
        wanted.checked(caller.projectId(), clock.instant()), Actor.of(caller, request));
  }

  private List<TopicCount> counts() {
    return topics.counts().stream()
        .map(
            count ->
                new TopicCount(
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
